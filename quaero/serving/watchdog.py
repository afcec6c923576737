"""Detects that a process hangs: it writes bytes into a pipe (beats) as long as its loop turns."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

BEAT_EVERY_S = 1.0
DUMP_SIGNAL = signal.SIGUSR1
"""On this signal the process writes the stacks of all its threads to standard error."""
SILENT_S = 20.0  # a busy machine or a large collection of garbage delays a beat by some seconds
STARTS_WITHIN_S = 120.0
# With more time than this between two looks, this process could not look: the machine slept or was too busy, or this
# process was stopped.
LATE_S = 2.0


class Watchdog:
    """Measures the time without a beat, as far as it has looked at the pipe itself."""

    def __init__(self, pipe: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`pipe`: the reading end of the pipe. No other code may read it."""
        os.set_blocking(pipe, False)
        self._pipe, self._clock = pipe, clock
        self._looked_at = clock()
        self.silent_s = 0.0
        self._allowed_s = STARTS_WITHIN_S

    def hangs(self) -> bool:
        """Whether there was no beat for too long. Call it every second."""
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
    """Writes one beat. A full pipe, which the reader has not emptied for long, needs no more."""
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(pipe, b".")
