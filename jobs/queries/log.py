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
from jobs.storable import utf8_length
from jobs.terms.sizes import MIB

PAGE_ENTRIES = 1_000  # S7: what one page or batch holds at most,
PAGE_BYTES = MIB  # by whichever comes first
FEW_IDS = 5_000  # passed over faster than the family's first and last entry are looked up


class Position(NamedTuple):
    """A place in a log: after the entry with this line and id. In the log of all jobs only the id counts."""

    line: int
    id: int


START = Position(0, 0)
END = Position(NO_LIMIT, NO_LIMIT)


class AsStored(models.Func):
    """A column without the driver's conversion: SQLite's makes a datetime of each time, which takes half as long as all
    else that is done to an entry.
    """

    template = "%(expressions)s"
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        return super().as_sql(compiler, connection, template="+%(expressions)s", **context)


COLUMNS = (
    "id", "line", AsStored("timestamp"), "level", "stream", "source", "message", "ansi", "fields", "job_id", "step_id",
)  # fmt: skip
Key = str | UUID  # a job's or a step's id, as the database driver gives it
Named = tuple[Any, Any]  # its id on the wire, and its name
Row = tuple[Any, ...]  # in the order of COLUMNS, values as the database driver gives them


class Page(NamedTuple):
    """Entries, oldest first, and whether there may be more in the direction of reading."""

    records: list[EntryRecord]
    has_more: bool


class Names:
    """The names of jobs and steps for the entries of a log, looked up once a page and kept."""

    def __init__(self) -> None:
        self.jobs: dict[str, str] = {}
        self.steps: dict[str, str] = {}

    def of(self, jobs: set[Key], steps: set[Key]) -> tuple[dict[Key, Named], dict[Key | None, Named]]:
        """The ids for the wire and the names of these jobs and steps, as the database driver gives their ids."""
        job_ids, step_ids = {key: wire_uuid(key) for key in jobs}, {key: wire_uuid(key) for key in steps}
        self.look_up({*job_ids.values()}, {*step_ids.values()})
        named_steps: dict[Key | None, Named] = {key: (pk, self.steps.get(pk, "")) for key, pk in step_ids.items()}
        return {key: (pk, self.jobs.get(pk, "")) for key, pk in job_ids.items()}, {**named_steps, None: (None, None)}

    def look_up(self, job_ids: set[str], step_ids: set[str]) -> None:
        """Looks up the names that are not known yet. `job_ids`, `step_ids`: dashed UUIDs."""
        for known, used, model in ((self.jobs, job_ids, Job), (self.steps, step_ids, Step)):
            missing = used - known.keys()
            if missing:
                rows = model._default_manager.filter(pk__in=missing).values_list("pk", "name")
                known.update({str(pk): name for pk, name in rows})


class Log:
    """The entries of one job, or of all jobs (`job_id` None), as a filter shows them.

    A filter for a job's family makes the job's log one of several jobs, in the order of ids.
    """

    def __init__(self, job_id: UUID | None, log_filter: Filter = EVERYTHING, names: Names | None = None) -> None:
        self.job_id = job_id if log_filter.family is None else None
        self.filter = log_filter
        self.names = names or Names()
        # Entries of a step and of all jobs are found by id (indexes on step + id, and the key); a job's by line.
        self.key = "id" if self.job_id is None or log_filter.step is not None else "line"
        # Within a job both orders are the same, and only the line has an index together with the job.
        self.order = "line" if log_filter.job is not None and log_filter.step is None else self.key

    def place(self, number: int) -> Position:
        """The place after the entry with this line or id, whichever the log's entries are found by."""
        return Position(number, 0) if self.key == "line" else Position(0, number)

    def after(self, start: Position, end: Position = END, limit: int = PAGE_ENTRIES) -> Page:
        """The next entries after `start`, up to and including `end`."""
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

    def has_up_to(self, end: Position) -> bool:
        """Whether any entry up to and including `end` matches."""
        return self.between(START, end).exists()

    def count(self, end: Position = END, start: Position = START) -> int:
        """How many entries match, counted by the database. Ask the counters first (`Filter.is_counted`)."""
        return self.between(start, end).count()

    def between(self, start: Position, end: Position) -> models.QuerySet[LogEntry]:
        """The matching entries in (start, end], in no order."""
        entries = LogEntry.objects.filter(self.filter.condition())
        if self.job_id is not None and self.filter.step is None:  # a step belongs to its job
            entries = entries.filter(job=self.job_id)
        low, high = getattr(start, self.key), getattr(end, self.key)
        if self.filter.family is not None and self.filter.step is None:
            return entries_of_family(entries, self.filter.family, low, high)
        if low > 0:
            entries = entries.filter(**{f"{self.key}__gt": low})
        if high < 0:
            return entries.none()
        if high < NO_LIMIT:
            entries = entries.filter(**{f"{self.key}__lte": high})
        return entries

    def records(self, rows: Sequence[Row]) -> list[EntryRecord]:
        """The rows for the wire, with the names of their jobs and steps."""
        jobs, steps = self.names.of({row[9] for row in rows}, {row[10] for row in rows if row[10]})
        return [
            EntryRecord(
                entry_id,
                line,
                wire_time(timestamp),
                levels.NAMES[level],
                stream,
                source,
                message,
                UNSET if ansi is None else ansi,
                UNSET if fields is None else msgspec.Raw(fields.encode()),
                *jobs[job],
                *steps[step],
            )
            for entry_id, line, timestamp, level, stream, source, message, ansi, fields, job, step in rows
        ]


def entries_of_family(entries: models.QuerySet[LogEntry], root: UUID, low: int, high: int) -> models.QuerySet[LogEntry]:
    """The entries with ids in (low, high] of `entries`, which holds the family's only.

    The database reads them in the order of ids and passes over those of other jobs, from the family's first entry to
    its last. Where the family has few entries among many of other jobs, it collects their ids first.
    """
    if high - low <= FEW_IDS:
        return entries.filter(pk__gt=low, pk__lte=high)
    extent = extent_of(root)
    entries = entries.filter(pk__gt=max(low, extent.first_id - 1), pk__lte=min(high, extent.last_id))
    if extent.should_collect(low, high):
        entries = entries.filter(pk__in=LogEntry.objects.filter(InFamily("job_id", root)).values("pk"))
    return entries


def page_of_rows(entries: models.QuerySet[LogEntry]) -> tuple[list[Row], bool]:
    """The rows of a query, up to PAGE_BYTES of text but one at least, and whether that left out rows.

    Without Django's converters, which would cost more than the database does.
    """
    query = entries.values_list(*COLUMNS).query
    try:
        sql, parameters = query.get_compiler(entries.db).as_sql()
    except EmptyResultSet:  # Django sees without the database that nothing can match
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
    """About the number of bytes of an entry on the wire."""
    _, _, _, _, _, _, message, ansi, fields, _, _ = row
    return 300 + utf8_length(message) + (utf8_length(ansi) if ansi else 0) + (utf8_length(fields) if fields else 0)
