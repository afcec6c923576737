"""The list of jobs: its filter, a page of it, and the number of jobs of each status.

Pages follow a keyset, creation time and id, not an offset: new jobs do not move the pages, and the thousandth page
costs as much as the first.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db import models

from jobs import statuses
from jobs.models import Job
from jobs.models.job import LARGE_COLUMNS, JobQuerySet
from jobs.models.record import wire_time

CREATED_AT = "%Y-%m-%dT%H:%M:%S.%fZ"
NEWEST_FIRST = ("-created_at", "-pk")
NOT_IN_A_LIST = LARGE_COLUMNS


class JobCursor(NamedTuple):
    """The place in the list after a job. Its text form is opaque to clients."""

    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{wire_time(self.created_at)} {self.id.hex}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor with this text form. Raises ValueError for any other text."""
        padded = text.encode() + b"=" * (-len(text) % 4)
        created_at, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(" ")
        cursor = cls(datetime.strptime(created_at, CREATED_AT).replace(tzinfo=UTC), UUID(key))
        if str(cursor) != text:  # another spelling, which we have not written
            raise ValueError(text)
        return cursor


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs match; None, and an empty set of statuses, is no condition."""

    statuses: frozenset[str] = frozenset()
    kind: str | None = None
    name: str | None = None  # the whole name
    parent: UUID | None = None
    q: str | None = None  # a substring of the name, case-insensitive for ASCII
    created_from: datetime | None = None  # both ends included
    created_to: datetime | None = None

    def jobs(self) -> JobQuerySet:
        """The jobs that match, of all statuses."""
        jobs = Job.objects.listed()
        if self.kind is not None:
            jobs = jobs.filter(kind=self.kind)
        if self.name is not None:
            jobs = jobs.filter(name=self.name)
        if self.parent is not None:
            jobs = jobs.filter(parent=self.parent)
        if self.q is not None:
            jobs = jobs.filter(name__contains_ascii=self.q)
        if self.created_from is not None:
            jobs = jobs.filter(created_at__gte=self.created_from)
        if self.created_to is not None:
            jobs = jobs.filter(created_at__lte=self.created_to)
        return jobs


class JobPage(NamedTuple):
    jobs: list[Job]
    next: JobCursor | None  # None: these were the last


def page_of_jobs(job_filter: JobFilter, limit: int, after: JobCursor | None = None) -> JobPage:
    """The newest `limit` jobs that match, or the next after a cursor; newest first."""
    matching = job_filter.jobs()
    if after is not None:
        # The second half implies the first, which is there because an index can follow it.
        matching = matching.filter(
            models.Q(created_at__lte=after.created_at)
            & (models.Q(created_at__lt=after.created_at) | models.Q(pk__lt=after.id))
        )
    jobs = newest(matching, job_filter.statuses, limit + 1)
    is_last = len(jobs) <= limit
    return JobPage(jobs[:limit], None if is_last else JobCursor(jobs[limit - 1].created_at, jobs[limit - 1].pk))


def newest(matching: JobQuerySet, chosen: frozenset[str], count: int) -> list[Job]:
    """The newest `count` jobs of the chosen statuses (none chosen: of all)."""
    if chosen and chosen != frozenset(statuses.JOB_STATUSES):
        matching = newest_by_status(matching, chosen, count)
    rows = matching.select_related("created_by").defer(*NOT_IN_A_LIST).order_by(*NEWEST_FIRST)
    return list(rows[:count])


def newest_by_status(matching: JobQuerySet, chosen: frozenset[str], count: int) -> JobQuerySet:
    """The newest `count` of each chosen status.

    With one condition for all statuses, the database would either sort all completed jobs, or read all of them to
    find the two that run.
    """
    if len(chosen) == 1:
        return matching.filter(status=min(chosen))
    some = models.Q()
    for status in sorted(chosen):
        some |= models.Q(pk__in=matching.filter(status=status).order_by(*NEWEST_FIRST).values("pk")[:count])
    return Job.objects.filter(some)


def count_by_status(job_filter: JobFilter) -> dict[str, int]:
    """The number of matching jobs of each status, also of those that the filter does not choose."""
    rows = job_filter.jobs().order_by().values_list("status").annotate(models.Count("pk"))
    return dict.fromkeys(statuses.JOB_STATUSES, 0) | dict(rows)
