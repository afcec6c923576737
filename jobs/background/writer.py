"""The one thread of a process that writes what others log, and beats for the jobs that run there."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import suppress

from django.db import connections

from jobs.background.items import Flush
from jobs.background.leases import Leases
from jobs.background.queue import Queue, own_threads
from jobs.background.storing import Append, Work, Write, apply, plan
from jobs.models import NoSuchJob, StepOfAnotherJob
from jobs.patience import DatabaseFails, Pauses
from jobs.terms.sizes import BATCH_ITEMS

BATCH_INTERVAL_S = 0.05  # the first record after a quiet time is written at once, then so often
CLOSE_AFTER_S = 5.0  # a quiet process holds no connection
LOOKS_AGAIN_AFTER_S = 0.05  # for what another process has still to write
PAUSED_WITHIN_S = 2.0
GIVES_UP_WITHIN_S = 0.2
PARENT_WRITES_WITHIN_S = 10.0


class Writer(threading.Thread):
    """Takes batches from the queue until it is stopped. Never raises, and never logs.

    What the database refuses for a while is tried again, for as long as that takes: meanwhile the queue
    fills up, and then drops and counts. What can never be stored is left out, and said once.
    """

    def __init__(self, queue: Queue, *, is_forked: bool = False) -> None:
        super().__init__(name="quaero-writer", daemon=True)
        self._queue = queue
        self._is_forked = is_forked
        self._expected_since: float | None = None
        self._leases = Leases()
        self._works: deque[Work] = deque()
        self._said: set[str] = set()
        self._pause_asked = threading.Event()
        self._is_paused = threading.Event()
        self._resumed = threading.Event()
        self._is_stopped = False

    def run(self) -> None:
        own_threads.add(threading.get_ident())
        try:
            while not self._is_stopped:
                self._turn()
        finally:
            connections.close_all()
            own_threads.discard(threading.get_ident())

    def stop(self) -> None:
        """Ends the thread after the write it is at; what is left is not stored."""
        self._is_stopped = True
        self._pause_asked.set()
        self._resumed.set()
        self._queue.hurry()
        if self.is_alive():
            self.join()

    def write_here(self) -> None:
        """In the thread of the caller, where this one cannot be started any more: all that waits, once."""
        own_threads.add(threading.get_ident())
        try:
            while self._queue:
                self._works.extend(plan(self._queue.take()))
            while self._works:
                self._do(self._works[0])
                self._works.popleft()
        except Exception as error:
            self._say_once("cannot store what is logged", error)
        finally:
            connections.close_all()
            own_threads.discard(threading.get_ident())

    def give_up(self) -> list[Write]:
        """Ends the thread, without waiting for a database that does not answer; what it has not stored."""
        self._is_stopped = True
        self._pause_asked.set()
        self._resumed.set()
        self._queue.hurry()
        if self.is_alive():
            self.join(GIVES_UP_WITHIN_S)
        while self._queue:
            self._works.extend(plan(self._queue.take()))
        return [work for work in self._works if not isinstance(work, Flush)]

    def pause(self) -> None:
        """Keeps the thread off the database, without a connection, until `resume`. It has 2 s to get there."""
        self._resumed.clear()
        self._is_paused.clear()
        self._pause_asked.set()
        self._queue.hurry()
        self._is_paused.wait(PAUSED_WITHIN_S)

    def resume(self) -> None:
        self._pause_asked.clear()
        self._resumed.set()

    def _turn(self) -> None:
        self._wait()
        self._pause_if_asked()
        started = time.monotonic()
        self._works.extend(plan(self._queue.take()))
        self._try_to_beat()
        if self._works:
            self._store()
            if not self._queue:  # what comes next gathers for a moment
                self._queue.wait(max(started + BATCH_INTERVAL_S - time.monotonic(), 0), BATCH_ITEMS)

    def _wait(self) -> None:
        """Until there is something to do: at last without a connection, when there is no lease to keep."""
        left = self._leases.seconds_left()
        if left is not None:
            self._queue.wait(left)
            return
        self._queue.wait(CLOSE_AFTER_S)
        if not self._queue and not self._pause_asked.is_set():
            connections.close_all()
            self._queue.wait(threading.TIMEOUT_MAX)

    def _store(self) -> None:
        """Does the works in their order; the later ones wait for one that is tried again."""
        pauses = Pauses()
        while self._works and not self._is_stopped:
            self._pause_if_asked()
            self._try_to_beat()  # first: after a lock of 20 s it is high time
            try:
                self._do(self._works[0])
            except DatabaseFails as error:
                self._has_failed(error)
                self._pause_asked.wait(pauses.next())
            except Exception as error:
                if self._is_still_expected(error):
                    self._pause_asked.wait(LOOKS_AGAIN_AFTER_S)
                    continue
                self._leave_out(self._works.popleft(), error)
                self._queue.is_stuck = False
                pauses.restart()
            else:
                self._leases.note(self._works.popleft())
                self._queue.is_stuck = False
                self._expected_since = None
                pauses.restart()

    def _do(self, work: Work) -> None:
        if isinstance(work, Flush):
            self._queue.is_flushed(work.done)
        else:
            apply(work)

    def _is_still_expected(self, error: Exception) -> bool:
        """Whether the job or step may come yet: a forked process logs into what its parent has still to write."""
        if not self._is_forked or not isinstance(error, (NoSuchJob, StepOfAnotherJob)):
            return False
        now = time.monotonic()
        self._expected_since = self._expected_since or now
        return now - self._expected_since < PARENT_WRITES_WITHIN_S

    def _has_failed(self, error: Exception) -> None:
        connections.close_all()  # a broken connection never heals
        self._queue.has_failed()
        self._say_once("cannot store what is logged, and will try on until it can", error)

    def _leave_out(self, work: Work, error: Exception) -> None:
        """Entries that cannot be stored together are stored one by one, and one by one without their step."""
        if isinstance(work, Append) and not isinstance(error, NoSuchJob):
            if len(work.entries) > 1:
                self._works.extendleft(Append(work.job, [entry]) for entry in reversed(work.entries))
                return
            if work.entries[0].step is not None:
                self._works.appendleft(Append(work.job, [work.entries[0]._replace(step=None)]))
                return
        self._say_once("something that was logged cannot be stored", error)

    def _try_to_beat(self) -> None:
        try:
            self._leases.beat_if_due()
        except Exception:  # the next beat is tried as if nothing had been
            connections.close_all()

    def _pause_if_asked(self) -> None:
        if self._pause_asked.is_set() and not self._is_stopped:
            connections.close_all()
            self._is_paused.set()
            self._resumed.wait()

    def _say_once(self, text: str, error: Exception) -> None:
        if text not in self._said:
            self._said.add(text)
            say(f"{text}: {type(error).__name__}: {error}")


def say(text: str) -> None:
    """To standard error, and not by logging, which is what has just failed."""
    with suppress(OSError, ValueError, AttributeError):  # it is closed, or there is none
        sys.stderr.write(f"quaero: {text}\n")
        sys.stderr.flush()
