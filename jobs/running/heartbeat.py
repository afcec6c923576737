"""Keeps a job's lease while its command runs (D8), and hears when somebody wants the job to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection

from jobs import lifecycle, statuses
from jobs.models import Job

POLL = timedelta(seconds=1)


class Heartbeat(threading.Thread):
    """Beats every 5 s; asks every second whether the job is to be cancelled, and calls `on_cancel` then.

    `on_lost` is called when the job, or this attempt at it, is somebody else's now.

    A database that fails is somebody else's to complain about: the beat is tried again with the next poll.
    """

    def __init__(
        self,
        job: Job,
        on_cancel: Callable[[], None],
        *,
        on_lost: Callable[[], None] = lambda: None,
        poll: timedelta = POLL,
    ) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._job, self._on_cancel, self._on_lost, self._poll_s = job, on_cancel, on_lost, poll.total_seconds()
        self._stopped = threading.Event()

    def run(self) -> None:
        beat_at = 0.0
        try:
            while not self._stopped.wait(self._poll_s):
                if time.monotonic() >= beat_at and self._try(self._beat):
                    beat_at = time.monotonic() + lifecycle.HEARTBEAT.total_seconds()
                self._try(self._listen)
        finally:
            connection.close()

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _beat(self) -> None:
        if not lifecycle.beat(self._job) and Job.objects.filter(pk=self._job.pk).exists():
            self._on_lost()  # a job that was deleted is nobody's, and its command may go on

    def _listen(self) -> None:
        row = Job.objects.filter(pk=self._job.pk).values_list("status", "cancel_requested_at").first()
        if row is not None and (row[0] == statuses.CANCELLED or row[1] is not None):
            self._on_cancel()
            self._listen = lambda: None  # type: ignore[method-assign]

    def _try(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except (DatabaseError, InterfaceError):
            connection.close()
            return False
        return True
