"""Notices when a process that beats, by bytes into a pipe, does so no more."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

BEAT_EVERY_S = 1.0
DUMP_SIGNAL = signal.SIGUSR1
"""At this a process that beats says what all of its threads are doing."""
SILENT_S = 20.0  # a busy machine or a large collection of garbage delays a beat by some seconds
STARTS_WITHIN_S = 120.0
# When more time than this lies between two looks, this process could not look: the machine slept or was too busy for
# it as well, or it was stopped.
LATE_S = 2.0


class Watchdog:
    """Counts the silence that it has looked at itself."""

    def __init__(self, pipe: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`pipe`: where the beats come. This is its only reader."""
        os.set_blocking(pipe, False)
        self._pipe, self._clock = pipe, clock
        self._looked_at = clock()
        self.silent_s = 0.0
        self._allowed_s = STARTS_WITHIN_S

    def hangs(self) -> bool:
        """Whether there was no beat for too long. To be asked every second."""
        before, self._looked_at = self._looked_at, self._clock()
        if self._has_beaten():
            self.silent_s, self._allowed_s = 0.0, SILENT_S
        else:
            self.silent_s += min(self._looked_at - before, LATE_S)
        return self.silent_s >= self._allowed_s

    def _has_beaten(self) -> bool:
        try:
            return bool(os.read(self._pipe, 65536))
        except BlockingIOError:
            return False


def beat(pipe: int) -> None:
    """One beat. A full pipe that is not being read needs no more of them."""
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(pipe, b".")
