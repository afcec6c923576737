"""Retention: deletes old entries and jobs, oldest first (promise D7)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils import timezone

from jobs import conf, statuses
from jobs.models import COLUMN_NAMES, DeletedJob, Job, LogEntry
from jobs.models.entry import EntryQuerySet

logger = logging.getLogger(f"quaero.{__name__}")

TOMBSTONES_ARE_KEPT = timedelta(days=1)  # every process has noticed the deletion long before


class Pruned(NamedTuple):
    """The numbers of deleted rows."""

    entries: int = 0
    jobs: int = 0
    tombstones: int = 0


def prune(older_than: timedelta) -> Pruned:
    """Deletes the entries older than that, and jobs that ended as long ago and have no entries left.

    In short transactions, so that writers do not wait long. When it is interrupted, what is deleted stays deleted.
    """
    return Pruned(*map(sum, zip(*prune_in_chunks(older_than), strict=True)))


def prune_by_setting() -> Iterator[Pruned]:
    """As `prune_in_chunks`, of what is older than QUAERO_RETENTION_DAYS; logs the numbers. For the server, daily."""
    days = conf.retention_days()
    entries = jobs = 0
    try:
        for pruned in prune_in_chunks(timedelta(days=days)):
            entries, jobs = entries + pruned.entries, jobs + pruned.jobs
            yield pruned
    finally:  # also of a server that stops in the middle
        if entries or jobs:
            logger.info("Retention has deleted what was older than %d days: entries %d, jobs %d", days, entries, jobs)


def prune_in_chunks(older_than: timedelta) -> Iterator[Pruned]:
    """As `prune`, one transaction for each `next`: yields what it deleted."""
    now = timezone.now()
    horizon = now - older_than
    for job_id, last_line in jobs_with_entries(horizon):
        for count in old_entries(job_id, last_line, horizon, now).prune_in_chunks():
            yield Pruned(entries=count)
    for job in emptied_jobs(horizon).only("pk"):
        job.delete()
        yield Pruned(jobs=1)
    yield Pruned(tombstones=DeletedJob.objects.filter(deleted_at__lt=now - TOMBSTONES_ARE_KEPT).delete()[0])


def count_old_entries(older_than: timedelta) -> int:
    """The number of entries that `prune` would delete."""
    now = timezone.now()
    horizon = now - older_than
    return sum(old_entries(job_id, line, horizon, now).count() for job_id, line in jobs_with_entries(horizon))


def has_entries() -> models.Q:
    """The condition for jobs with any stored entry, by their counters."""
    condition = models.Q()
    for column in COLUMN_NAMES:
        condition |= models.Q(**{f"{column}__gt": 0})
    return condition


def jobs_with_entries(horizon: datetime) -> list[tuple[UUID, int]]:
    """The jobs that may have old entries (no entry is older than its job), with their last lines."""
    return list(Job.objects.filter(has_entries(), created_at__lt=horizon).values_list("pk", "last_line"))


def old_entries(job_id: UUID, last_line: int, horizon: datetime, now: datetime) -> EntryQuerySet:
    """The job's entries up to `last_line` that come before its first young entry.

    Producers' clocks can be wrong. An entry from the future does not count as young: it would keep all later ones.
    """
    entries = LogEntry.objects.filter(job=job_id, line__lte=last_line)
    young = entries.filter(timestamp__gte=horizon, timestamp__lte=now).order_by("line").values_list("line", flat=True)
    first_young = young.first()
    return entries if first_young is None else entries.filter(line__lt=first_young)


def emptied_jobs(horizon: datetime) -> models.QuerySet[Job]:
    """The listed jobs that ended before `horizon` and have no entries."""
    ended = Job.objects.listed().filter(status__in=statuses.TERMINAL, finished_at__lt=horizon)
    return ended.exclude(has_entries())
