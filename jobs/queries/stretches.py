"""Logs whose entries have consecutive numbers: the place of each is a subtraction, however many there are."""

from __future__ import annotations

from django.db import models

from jobs.models import COLUMN_NAMES, Job, LogEntry
from jobs.queries.families import extent_of
from jobs.queries.filter import Filter
from jobs.queries.log import Log
from jobs.queries.snapshots import snapshot


def whole_stretch(own: Log) -> range | None:
    """The numbers (`own.key`) of all entries. None where the filter leaves some out, or some are missing in between.

    A log loses its oldest entries as time goes by, and others only where a person deletes them.
    """
    if own.filter != Filter(family=own.filter.family):
        return None
    with snapshot():
        first, last, entries = extent_of(own.filter.family) if own.filter.family else extent_of_log(own)
    return range(first, last + 1) if last - first + 1 == entries else None


def extent_of_log(own: Log) -> tuple[int, int, int]:
    """The lowest and the highest number of one job's entries or of everything, and how many entries there are."""
    jobs, entries = Job.objects.all(), LogEntry.objects.order_by(own.key).values_list(own.key, flat=True)
    if own.job_id is not None:
        jobs, entries = jobs.filter(pk=own.job_id), entries.filter(job=own.job_id)
    sums = jobs.aggregate(**{f"sum_{name}": models.Sum(name) for name in COLUMN_NAMES})
    return entries.first() or 1, entries.last() or 0, sum(number or 0 for number in sums.values())
