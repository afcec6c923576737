"""Reading the entries of one job, of a family or of all jobs, as a filter shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from jobs import levels
from jobs.models import EntryRecord, Job, LogEntry, Step
from jobs.models.record import UNSET, wire_time, wire_uuid
from jobs.queries.families import InFamily, extent_of
from jobs.queries.filter import EVERYTHING, NO_LIMIT, Filter
from jobs.sizes import MIB
from jobs.storable import utf8_length

PAGE_ENTRIES = 1_000  # S7: what one page or batch holds at most,
PAGE_BYTES = MIB  # by whichever comes first
FEW_IDS = 5_000  # passed over faster than the family's first and last entry are looked up


class Position(NamedTuple):
    """A place in a log: after the entry of this line and id. The service log, of all jobs, counts in ids alone."""

    line: int
    id: int


START = Position(0, 0)
END = Position(NO_LIMIT, NO_LIMIT)


COLUMNS = (
    "id", "line", "timestamp", "level", "stream", "source", "message", "ansi", "fields", "job_id", "step_id",
)  # fmt: skip
Row = tuple[Any, ...]  # in the order of COLUMNS, values as the database driver gives them


class Page(NamedTuple):
    """Entries, oldest first, and whether there may be more in the direction in which was read."""

    records: list[EntryRecord]
    has_more: bool


class Names:
    """The names of jobs and steps that entries are shown with, looked up once a page and kept."""

    def __init__(self) -> None:
        self.jobs: dict[str, str] = {}
        self.steps: dict[str, str] = {}

    def learn(self, job_ids: set[str], step_ids: set[str]) -> None:
        for known, wanted, model in ((self.jobs, job_ids, Job), (self.steps, step_ids, Step)):
            missing = wanted - known.keys()
            if missing:
                rows = model._default_manager.filter(pk__in=missing).values_list("pk", "name")
                known.update({str(pk): name for pk, name in rows})


class Log:
    """The entries of one job, or of all jobs (`job_id` None), as a filter shows them.

    A filter for a job's family makes the job's log one of several jobs, in the order of ids.
    """

    def __init__(self, job_id: UUID | None, wanted: Filter = EVERYTHING, names: Names | None = None) -> None:
        self.job_id = job_id if wanted.family is None else None
        self.wanted = wanted
        self.names = names or Names()
        # A step's entries and everybody's are found by id (indexes on step + id, and the key); a job's by line.
        self.key = "id" if self.job_id is None or wanted.step is not None else "line"
        # Within a job both orders are one, and only the line has an index with the job.
        self.order = "line" if wanted.job is not None and wanted.step is None else self.key

    def after(self, start: Position, end: Position = END, limit: int = PAGE_ENTRIES) -> Page:
        """The next entries after `start`, up to and with `end`."""
        rows, was_cut = page_of_rows(self.between(start, end).order_by(self.order)[:limit])
        return Page(self.records(rows), was_cut or len(rows) == limit)

    def last(self, limit: int, start: Position = START, end: Position = END) -> Page:
        """The last `limit` entries in (start, end]; `has_more`: there are older ones."""
        rows, was_cut = page_of_rows(self.between(start, end).order_by(f"-{self.order}")[: limit + 1])
        return Page(self.records(rows[:limit][::-1]), was_cut or len(rows) > limit)

    def before_last(self, limit: int, end: Position = END) -> Position:
        """The position after which the last `limit` entries up to `end` begin."""
        rows = self.between(START, end).order_by(f"-{self.order}").values_list("line", "id")
        row = rows[limit : limit + 1].first() if limit else rows.first()
        return Position(*row) if row else START

    def from_offset(self, offset: int, limit: int) -> Page:
        """Entries counted from the first matching one."""
        rows, was_cut = page_of_rows(self.between(START, END).order_by(self.order)[offset : offset + limit])
        return Page(self.records(rows), was_cut or len(rows) == limit)

    def has_up_to(self, end: Position) -> bool:
        """Whether any entry matches up to and with `end`."""
        return self.between(START, end).exists()

    def count(self, end: Position = END, start: Position = START) -> int:
        """How many entries match, counted by the database. Ask the counters first (`Filter.is_counted`)."""
        return self.between(start, end).count()

    def between(self, start: Position, end: Position) -> models.QuerySet[LogEntry]:
        entries = LogEntry.objects.filter(self.wanted.condition())
        if self.job_id is not None and self.wanted.step is None:  # a step belongs to its job
            entries = entries.filter(job=self.job_id)
        low, high = getattr(start, self.key), getattr(end, self.key)
        if self.wanted.family is not None and self.wanted.step is None:
            return entries_of_family(entries, self.wanted.family, low, high)
        if low > 0:
            entries = entries.filter(**{f"{self.key}__gt": low})
        if high < 0:
            return entries.none()
        if high < NO_LIMIT:
            entries = entries.filter(**{f"{self.key}__lte": high})
        return entries

    def records(self, rows: Sequence[Row]) -> list[EntryRecord]:
        self.names.learn({wire_uuid(row[9]) for row in rows}, {wire_uuid(row[10]) for row in rows if row[10]})
        return [self.record(row) for row in rows]

    def record(self, row: Row) -> EntryRecord:
        entry_id, line, timestamp, level, stream, source, message, ansi, fields, job, step = row
        job_id = wire_uuid(job)
        step_id = None if step is None else wire_uuid(step)
        return EntryRecord(
            entry_id,
            line,
            wire_time(timestamp),
            levels.NAMES[level],
            stream,
            source,
            message,
            UNSET if ansi is None else ansi,
            UNSET if fields is None else msgspec.Raw(fields.encode()),
            job_id,
            self.names.jobs.get(job_id, ""),
            step_id,
            None if step_id is None else self.names.steps.get(step_id, ""),
        )


def entries_of_family(entries: models.QuerySet[LogEntry], root: UUID, low: int, high: int) -> models.QuerySet[LogEntry]:
    """Those of `entries`, which are the family's, with ids in (low, high].

    They are read in the order of ids, passing over those of other jobs, but no further than from the family's first
    entry to its last. Where it has few entries among many of others, their ids are collected first.
    """
    if high - low <= FEW_IDS:
        return entries.filter(pk__gt=low, pk__lte=high)
    extent = extent_of(root)
    entries = entries.filter(pk__gt=max(low, extent.first_id - 1), pk__lte=min(high, extent.last_id))
    if extent.should_collect(low, high):
        entries = entries.filter(pk__in=LogEntry.objects.filter(InFamily("job_id", root)).values("pk"))
    return entries


def page_of_rows(entries: models.QuerySet[LogEntry]) -> tuple[list[Row], bool]:
    """The rows of a query, but no more than PAGE_BYTES of text (and one at least), and whether that cut them.

    Read past Django's converters, which would cost more than the database.
    """
    query = entries.values_list(*COLUMNS).query
    try:
        sql, parameters = query.get_compiler(entries.db).as_sql()
    except EmptyResultSet:  # Django sees by itself that nothing can match
        return [], False
    rows: list[Row] = []
    left = PAGE_BYTES
    with connections[entries.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        while some := cursor.fetchmany(100):
            for row in some:
                left -= size_of(row)
                if left < 0 and rows:
                    return rows, True
                rows.append(row)
    return rows, False


def size_of(row: Row) -> int:
    """About the bytes that an entry takes on the wire."""
    return 300 + sum(utf8_length(text) for text in row[6:9] if text)
