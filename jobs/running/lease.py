"""The lease of a job whose command runs here (D8), and whether anything asks for its end."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobs import lifecycle, statuses
from jobs.models import Job
from jobs.running.heartbeat import Heartbeat

POLL_S = 1.0


class JobLease:
    """What is to be done for the job every second. For one thread."""

    def __init__(self, job: Job, on_cancel: Callable[[], None], on_lost: Callable[[], None] = lambda: None) -> None:
        """`on_cancel` is called once, when the job is to be cancelled; `on_lost` when the job, or this attempt at it,
        has been given to another runner, or was ended.
        """
        self._job, self._on_cancel, self._on_lost = job, on_cancel, on_lost
        self._renew_at = 0.0
        self._is_cancelled = False

    def kept(self, poll_s: float = POLL_S) -> Heartbeat:
        """A heartbeat, to be started, that keeps the lease."""
        return Heartbeat("heartbeat", poll_s, self.renew, self.look, first_after_s=poll_s)

    def renew(self) -> None:
        """Every 5 s; when it has failed, with the next call. Raises what the database raises."""
        if time.monotonic() < self._renew_at:
            return
        if not lifecycle.beat(self._job) and Job.objects.filter(pk=self._job.pk).exists():
            self._on_lost()  # the command of a job that was deleted may go on
        self._renew_at = time.monotonic() + lifecycle.HEARTBEAT_S

    def look(self) -> None:
        """Whether the job is to be cancelled, or is already."""
        if self._is_cancelled:
            return
        row = Job.objects.filter(pk=self._job.pk).values_list("status", "cancel_requested_at").first()
        if row is not None and (row[0] == statuses.CANCELLED or row[1] is not None):
            self._is_cancelled = True
            self._on_cancel()
