"""Keeps the leases of the jobs that run in this process, all by one heart (D8), and hears who is to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from jobs import lifecycle
from jobs.background.items import JobEnded, JobStarted
from jobs.models import Job

BEAT_EVERY_S = lifecycle.HEARTBEAT.total_seconds()


class Leases:
    """For one thread: the writer's."""

    def __init__(self) -> None:
        self._must_stop: dict[UUID, threading.Event] = {}
        self._beat_at = 0.0

    def note(self, work: object) -> None:
        """Hears of what was stored, and so of the jobs that begin and end."""
        if isinstance(work, JobStarted):
            if not self._must_stop:
                self._beat_at = time.monotonic() + BEAT_EVERY_S  # a job starts with a fresh lease
            self._must_stop[work.job] = work.must_stop
        elif isinstance(work, JobEnded):
            self._must_stop.pop(work.job, None)

    def seconds_left(self) -> float | None:
        """Until the next beat is due; None when nobody needs one."""
        return max(self._beat_at - time.monotonic(), 0.0) if self._must_stop else None

    def beat_if_due(self) -> None:
        """Renews all leases, in one transaction. Raises what the database raises; the next try is due in 5 s."""
        if self.seconds_left() != 0.0:
            return
        self._beat_at = time.monotonic() + BEAT_EVERY_S
        jobs = list(self._must_stop)
        with transaction.atomic():
            lost = [job for job in jobs if not lifecycle.beat(job)]
        asked = Job.objects.filter(pk__in=jobs, cancel_requested_at__isnull=False).values_list("pk", flat=True)
        self._tell([*lost, *asked])
        for job in lost:
            del self._must_stop[job]

    def _tell(self, jobs: Iterable[UUID]) -> None:
        for job in jobs:
            self._must_stop[job].set()
