"""The worker's loop: waits for tasks, runs them one at a time, and stops on a signal."""

from __future__ import annotations

import logging
import threading
import time

from django.db import Error, close_old_connections, connections

from jobs.patience import Pauses
from jobs.running.workers.dispatch import enqueue_overdue
from jobs.running.workers.session import WorkerSession
from logstream.version import VERSION
from logstream.wakeups import Wakeups
from quaero.worker.queues import TaskQueue
from quaero.worker.stop_signals import stopped_by_signals

logger = logging.getLogger(__name__)

LOOK_S = 1.0  # the longest time between two looks: wake-ups may be lost
OVERDUE_LOOK_S = 2.0
TIDY_S = 600.0


class WorkerLoop:
    def __init__(self, session: WorkerSession, queue: TaskQueue, wakeups: Wakeups, *, drain_s: float) -> None:
        """`drain_s`: how long the job that runs may go on after a signal to stop."""
        self.session, self.queue, self.wakeups, self.drain_s = session, queue, wakeups, drain_s
        self._news = threading.Event()
        self._pauses = Pauses()
        self._look_for_overdue_at = 0.0
        self._tidy_at = 0.0

    def run(self) -> None:
        """Works until a signal: the first ends the running job after `drain_s`, a second one at once."""
        self.wakeups.start(self._news.set)
        logger.info("Worker %s has started: Quaero %s", self.session.name, VERSION)
        try:
            with stopped_by_signals(self.session, self.drain_s, self._news.set), self.session.working():
                while not self.session.is_stopping:
                    self._work_or_wait()
        finally:
            logger.info("Worker %s has stopped", self.session.name)
            self.wakeups.stop()
            connections.close_all()

    def _work_or_wait(self) -> None:
        self._news.clear()
        try:
            if self.queue.has_ready():
                self.queue.run_one()
            elif not self._find_overdue():
                self._tidy()
                self._news.wait(LOOK_S)
        except Error as error:
            logger.debug("a worker cannot look for tasks, and tries again: %s", error)  # its heartbeat logs that too
            connections.close_all()
            self._news.wait(self._pauses.next())
        else:
            self._pauses.restart()
        finally:
            close_old_connections()

    def _find_overdue(self) -> bool:
        if time.monotonic() < self._look_for_overdue_at:
            return False
        self._look_for_overdue_at = time.monotonic() + OVERDUE_LOOK_S
        return enqueue_overdue() > 0

    def _tidy(self) -> None:
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_S
            self.queue.tidy()
