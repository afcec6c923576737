"""The filter of entries.

A filter means the same in SQL (history, counts, downloads) and in Python (live entries): `Filter.condition` and
`Filter.matcher` are next to each other, and a test compares them. The entries of a family of jobs are read through
SQL alone, live ones too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.expressions import RawSQL

from jobs import levels
from jobs.models import EntryRecord
from jobs.models.entry import NOTABLE
from jobs.models.record import wire_time, wire_uuid
from jobs.queries.families import InFamilyUnindexed

NO_LIMIT = 2**62


class ContainsAscii(models.Lookup):
    """Substring, case-insensitive for ASCII letters only, as SQLite's LIKE is and as `contains_ascii` is."""

    lookup_name = "contains_ascii"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        escaped = str(self.rhs).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{column} LIKE %s ESCAPE '\\'", (*parameters, f"%{escaped}%")


models.TextField.register_lookup(ContainsAscii)
models.CharField.register_lookup(ContainsAscii)


def contains_ascii(text: str, needle: bytes) -> bool:
    """The same in Python. `needle`: UTF-8 with ASCII letters in lower case (`str.lower` would turn U+212A into k)."""
    return needle in text.encode().lower()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries match; None is no condition. Hashable, since clients with equal filters share a feed."""

    job: UUID | None = None  # in the log of all jobs; a job's own log has it in its name
    step: UUID | None = None
    level: int | None = None  # this or above
    stream: str | None = None
    search: str | None = None
    from_time: datetime | None = None  # both ends included
    to_time: datetime | None = None
    first_line: int | None = None
    last_line: int | None = None
    family: UUID | None = None  # entries of this job and its descendants

    @property
    def is_counted(self) -> bool:
        """Whether the counters of job and step give the number of matching entries."""
        return self == Filter(job=self.job, family=self.family, step=self.step, level=self.level)

    def condition(self) -> models.Q:
        """The filter for `LogEntry.objects.filter`."""
        conditions = models.Q()
        if self.job is not None:
            conditions &= models.Q(job=self.job)
        if self.family is not None:
            conditions &= models.Q(InFamilyUnindexed("job_id", self.family))
        if self.step is not None:
            conditions &= models.Q(step=self.step)
        if self.level is not None:
            conditions &= models.Q(level__gte=self.level)
            if self.level >= NOTABLE:
                # As a literal, no parameter: so the database sees that the partial index holds all these entries.
                conditions &= models.Q(RawSQL(f"level >= {NOTABLE}", (), models.BooleanField()))  # noqa: S611
        if self.stream is not None:
            conditions &= models.Q(stream=self.stream)
        if self.search is not None:
            conditions &= models.Q(message__contains_ascii=self.search)
        if self.from_time is not None:
            conditions &= models.Q(timestamp__gte=self.from_time)
        if self.to_time is not None:
            conditions &= models.Q(timestamp__lte=self.to_time)
        if self.first_line is not None:
            conditions &= models.Q(line__gte=self.first_line)
        if self.last_line is not None:
            conditions &= models.Q(line__lte=self.last_line)
        return conditions

    def matcher(self) -> Callable[[EntryRecord], bool] | None:
        """A function that returns whether an entry matches; None when all entries do.

        Only the database can say which jobs belong to a family, so this is not for filters with a `family`.
        """
        assert self.family is None
        tests = list(self._tests())
        if not tests:
            return None
        if len(tests) == 1:
            return tests[0]
        return lambda entry: all(test(entry) for test in tests)

    def _tests(self) -> Iterable[Callable[[EntryRecord], bool]]:
        if self.job is not None:
            job = wire_uuid(self.job)
            yield lambda entry: entry.job_id == job
        if self.step is not None:
            step = wire_uuid(self.step)
            yield lambda entry: entry.step_id == step
        if self.level is not None:
            names = {name for number, name in levels.NAMES.items() if number >= self.level}
            yield lambda entry: entry.level in names
        if self.stream is not None:
            yield lambda entry: entry.stream == self.stream
        if self.search is not None:
            needle = self.search.encode().lower()
            yield lambda entry: contains_ascii(entry.message, needle)
        if self.from_time is not None:
            earliest = wire_time(self.from_time)
            yield lambda entry: entry.timestamp >= earliest
        if self.to_time is not None:
            latest = wire_time(self.to_time)
            yield lambda entry: entry.timestamp <= latest
        if self.first_line is not None or self.last_line is not None:
            first, last = self.first_line or 0, self.last_line or NO_LIMIT
            yield lambda entry: first <= entry.line <= last


EVERYTHING = Filter()
