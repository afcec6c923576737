"""A job with its descendants (its family): the members, and the ids of their entries.

Each query finds the members again, in SQL: children appear while a job runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models

from jobs import statuses
from jobs.models import COLUMN_NAMES, Job, LogEntry
from jobs.models.job import LARGE_COLUMNS, JobQuerySet

# UNION and not UNION ALL, so that this ends even if two jobs were each other's parents.
MEMBERS_SQL = (
    "WITH RECURSIVE family(id) AS (SELECT %s UNION "
    "SELECT child.id FROM quaero_jobs_job child JOIN family ON child.parent_id = family.id) SELECT id FROM family"
)
MOST_COLLECTED = 100_000  # entries whose ids are read from the jobs' indexes in some 30 ms
WORTH_COLLECTING = 10  # ids of other jobs for each id of the family: from then on, passing over them takes longer


class InFamily(models.Lookup):
    """Whether a column with a job's id names the job `root` or a descendant of it.

    With `nearest`, only the first so many members count, those next to the root first.

    A lookup, since Django compares other conditions with TRUE on SQLite, and such a comparison has no index.
    """

    def __init__(self, column: str, root: UUID, nearest: int | None = None) -> None:
        super().__init__(models.F(column), models.Value(root, models.UUIDField()))
        self.nearest = nearest

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.nearest)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        column, of_column = compiler.compile(self.lhs)
        root, of_root = compiler.compile(self.rhs)
        limit = "" if self.nearest is None else f" LIMIT {self.nearest:d}"
        return f"{column} IN ({MEMBERS_SQL % root}{limit})", (*of_column, *of_root)


class InFamilyUnindexed(InFamily):
    """The same, for a query that another index answers, in the order of that index.

    With the index of each job, SQLite would collect and sort all entries of the family, also for a page of a hundred.
    """

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self.as_sql(compiler, connection, **context)
        return f"+{sql}", parameters


class Extent(NamedTuple):
    """The lowest and the highest id of a family's entries, and the number of its entries."""

    first_id: int
    last_id: int
    entries: int

    def should_collect(self, low: int, high: int) -> bool:
        """Whether reading all its entries' ids is cheaper than passing over those of other jobs in (low, high]."""
        width = min(high, self.last_id) - max(low, self.first_id)
        return self.entries <= MOST_COLLECTED and width > self.entries * WORTH_COLLECTING


NOWHERE = Extent(0, 0, 0)


def members(root: UUID) -> JobQuerySet:
    """The job and its descendants."""
    return Job.objects.filter(InFamily("pk", root))


def extent_of(root: UUID) -> Extent:
    """The family's extent, by two look-ups in an index for each member: its first and its last entry."""
    entries = LogEntry.objects.filter(job=models.OuterRef("pk"))
    found = (
        members(root)
        .annotate(
            first=models.Subquery(entries.order_by("line").values("pk")[:1]),
            last=models.Subquery(entries.order_by("-line").values("pk")[:1]),
        )
        .aggregate(
            first_id=models.Min("first"),
            last_id=models.Max("last"),
            **{column: models.Sum(column) for column in COLUMN_NAMES},
        )
    )
    if found["first_id"] is None:
        return NOWHERE
    return Extent(found["first_id"], found["last_id"], sum(found[column] for column in COLUMN_NAMES))


def newest_id_of(root: UUID) -> int:
    """The id of the family's newest entry; 0 when it has none. One look-up in an index for each member."""
    last = LogEntry.objects.filter(job=models.OuterRef("pk")).order_by("-line").values("pk")[:1]
    found = members(root).annotate(last=models.Subquery(last)).aggregate(newest=models.Max("last"))
    return found["newest"] or 0


def is_member(root: UUID, job_id: UUID) -> bool:
    """Whether the job is `root` or a descendant of it."""
    return members(root).filter(pk=job_id).exists()


def is_finished(root: UUID) -> bool:
    """Whether the job and all its descendants have ended."""
    return not members(root).filter(status__in=statuses.ACTIVE).exists()


def generations(*job_ids: UUID) -> Iterator[list[Job]]:
    """The children, then their children, and so on; each job once. Reads a generation at each `next`."""
    parents = list(job_ids)
    seen = set(parents)
    while parents:
        children = Job.objects.filter(parent__in=parents).defer(*LARGE_COLUMNS).order_by("created_at", "pk")
        generation = [job for job in children if job.pk not in seen]
        parents = [job.pk for job in generation]
        seen.update(parents)
        if generation:
            yield generation


def descendants(*job_ids: UUID) -> list[Job]:
    """All descendants, without the jobs themselves; earlier generations first."""
    return [job for generation in generations(*job_ids) for job in generation]
