"""The leases of the jobs that run in this process (D8), and which of them are to end.

The writer's thread keeps them: it has the one connection that a fork has to wait for, and an interpreter that ends
has one thread to end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from jobs import lifecycle
from jobs.background.items import JobEnded, JobStarted
from jobs.models import Job


class Leases:
    """For one thread: the writer's."""

    def __init__(self) -> None:
        self._must_stop: dict[UUID, threading.Event] = {}
        self._beat_at = 0.0

    def note(self, work: object) -> None:
        """`work` was stored: perhaps a job that begins or ends."""
        if isinstance(work, JobStarted):
            if not self._must_stop:
                self._beat_at = time.monotonic() + lifecycle.HEARTBEAT_S  # a job starts with a fresh lease
            self._must_stop[work.job] = work.must_stop
        elif isinstance(work, JobEnded):
            self._must_stop.pop(work.job, None)

    def seconds_left(self) -> float | None:
        """Until the next beat is due; None when no job needs one."""
        return max(self._beat_at - time.monotonic(), 0.0) if self._must_stop else None

    def beat_if_due(self) -> None:
        """Renews all leases, in one transaction. Raises what the database raises; the next try is due in 5 s."""
        if self.seconds_left() != 0.0:
            return
        self._beat_at = time.monotonic() + lifecycle.HEARTBEAT_S
        jobs = list(self._must_stop)
        with transaction.atomic():
            lost = [job for job in jobs if not lifecycle.beat(job)]
        asked = Job.objects.filter(pk__in=jobs, cancel_requested_at__isnull=False).values_list("pk", flat=True)
        self._ask_to_stop([*lost, *asked])
        for job in lost:
            del self._must_stop[job]

    def _ask_to_stop(self, jobs: Iterable[UUID]) -> None:
        for job in jobs:
            self._must_stop[job].set()
