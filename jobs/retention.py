"""Retention: what is old goes, oldest first (promise D7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobs import statuses
from jobs.models import COLUMN_NAMES, DeletedJob, Job, LogEntry

TOMBSTONES_ARE_KEPT = timedelta(days=1)  # every process has long noticed the deletion by then


class Pruned(NamedTuple):
    """How many were deleted."""

    entries: int
    jobs: int
    tombstones: int


def prune_by_setting() -> Pruned:
    """Prunes what is older than QUAERO_RETENTION_DAYS. For the server to call once a day."""
    return prune(timedelta(days=getattr(settings, "QUAERO_RETENTION_DAYS", 30)))


def prune(older_than: timedelta) -> Pruned:
    """Deletes the entries older than that, and the jobs that ended before it and have no entries left.

    In short transactions, so that nobody waits for it; what was done when it is interrupted stays done.
    """
    now = timezone.now()
    horizon = now - older_than
    entries = sum(prune_job(job_id, last_line, horizon, now) for job_id, last_line in jobs_with_entries(horizon))
    jobs, _ = emptied_jobs(horizon).delete()
    tombstones, _ = DeletedJob.objects.filter(deleted_at__lt=now - TOMBSTONES_ARE_KEPT).delete()
    return Pruned(entries, jobs, tombstones)


def has_entries() -> models.Q:
    condition = models.Q()
    for column in COLUMN_NAMES:
        condition |= models.Q(**{f"{column}__gt": 0})
    return condition


def jobs_with_entries(horizon: datetime) -> list[tuple[UUID, int]]:
    """Jobs that may have old entries, with their last lines: none is older than its job."""
    return list(Job.objects.filter(has_entries(), created_at__lt=horizon).values_list("pk", "last_line"))


def prune_job(job_id: UUID, last_line: int, horizon: datetime, now: datetime) -> int:
    """Deletes the job's entries before its first that is young, of those up to `last_line`.

    Producers' clocks go wrong. An entry from the future is not young, or the ones after it would stay for ever.
    """
    entries = LogEntry.objects.filter(job=job_id, line__lte=last_line)
    young = entries.filter(timestamp__gte=horizon, timestamp__lte=now).order_by("line").values_list("line", flat=True)
    first_young = young.first()
    return (entries if first_young is None else entries.filter(line__lt=first_young)).prune()


def emptied_jobs(horizon: datetime) -> models.QuerySet[Job]:
    ended = Job.objects.listed().filter(status__in=statuses.TERMINAL, finished_at__lt=horizon)
    return ended.exclude(has_entries())
