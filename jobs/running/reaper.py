"""Finds jobs whose runner is gone, by its silence, and fails them (D8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs import lifecycle, recording, statuses
from jobs.models import Job, NoSuchJob
from jobs.recording import NewEntry

LOST = "lost its process"


def fail_lost_jobs(*, silent_for: timedelta = lifecycle.LEASE) -> list[UUID]:
    """Fails running jobs whose heart has been silent for so long; returns those that this call has failed.

    Jobs without a heart (`heartbeat_at` NULL: they report in from elsewhere) are left alone. Any number of
    processes may do this at once: one of them wins each job.
    """
    silent_since = timezone.now() - silent_for
    silent = Job.objects.filter(status=statuses.RUNNING, heartbeat_at__lt=silent_since)
    return [job_id for job_id in silent.values_list("pk", flat=True) if fail_lost_job(job_id, silent_since)]


def fail_lost_job(job_id: UUID, silent_since: datetime) -> bool:
    """Fails the job, with an entry that says so, unless its heart has beaten or it has ended meanwhile."""
    entry = NewEntry(LOST, level="error", stream="system")
    try:
        with transaction.atomic():
            # The entry stands before the status and falls with it: whoever loses the race leaves none behind.
            recording.append(job_id, [entry])
            won = lifecycle.finish_job(
                job_id, statuses.FAILED, error=LOST, only_if=Q(heartbeat_at__lt=silent_since, status=statuses.RUNNING)
            )
            if not won:
                transaction.set_rollback(True)
    except NoSuchJob:
        return False
    return won
