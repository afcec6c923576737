"""Ending a command that is asked to end: a signal to its group, a grace, then KILL."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jobs import statuses
from jobs.running.processes.process import TIMED_OUT, Process, signal_name

DYING_S = 2.0  # so long what was killed may take; what then seems to be there is stuck, or has ended unseen


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a command is ended, and what its job then becomes."""

    error: str
    status: str
    signal_number: int
    grace: timedelta | None = None  # from the signal to the KILL; None: as the command was given
    exit_code: int | None = None  # None: what the command comes to


def timed_out(after: timedelta) -> Reason:
    error = f"timed out after {after.total_seconds():g} s"
    return Reason(error, statuses.FAILED, signal.SIGTERM, exit_code=TIMED_OUT)


def signalled(number: int) -> Reason:
    return Reason(f"cancelled by {signal_name(number)}", statuses.CANCELLED, number)


def requested() -> Reason:
    return Reason("cancelled on request", statuses.CANCELLED, signal.SIGTERM)


def lost_lease() -> Reason:
    """Another process has found no heartbeat of the job and ended it, or began another attempt: this one must go."""
    return Reason("lost its lease", statuses.FAILED, signal.SIGTERM, timedelta(seconds=1))


def worker_stopped() -> Reason:
    return Reason("its worker was stopped", statuses.FAILED, signal.SIGTERM, timedelta(seconds=0.8))


class Stopper:
    """Remembers the first reason to stop and carries it out. `ask` may be called from a signal handler."""

    def __init__(self, grace: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._grace, self._clock = grace, clock
        self._kill_at: float | None = None
        self._process: Process | None = None
        self._killed_at: float | None = None
        self.reason: Reason | None = None

    def watch(self, process: Process) -> None:
        """From now on it is this process that is stopped; at once, if that was asked for before."""
        self._process = process
        if self.reason is not None:
            self._begin(self.reason)

    def ask(self, reason: Reason) -> None:
        """The first call sends the reason's signal; another signal after it is passed on, a second SIGINT kills.

        A command that has already ended cannot be stopped any more: its outcome stays.
        """
        if self.reason is None:
            if self._process is None or not self._process.has_ended():
                self.reason = reason
                self._begin(reason)
        elif reason.signal_number == self.reason.signal_number == signal.SIGINT:
            self.kill()
        elif self._process is not None:
            self._process.signal_group(reason.signal_number)

    def tick(self) -> bool:
        """Kills when the grace is over. True in the call that does."""
        if self._kill_at is None or self._killed_at is not None or self._clock() < self._kill_at:
            return False
        self.kill()
        return True

    def kill(self) -> None:
        self._killed_at = self._clock()
        if self._process is not None:
            self._process.signal_group(signal.SIGKILL)

    def waits(self) -> bool:
        """Whether what is left of the process's group is still to end, by itself or as it was killed."""
        if self.reason is None or self._process is None or not self._process.has_group():
            return False
        return self._killed_at is None or self._clock() < self._killed_at + DYING_S

    def _begin(self, reason: Reason) -> None:
        if self._process is not None:
            self._process.signal_group(reason.signal_number)
            grace = self._grace if reason.grace is None else reason.grace
            self._kill_at = self._clock() + grace.total_seconds()
