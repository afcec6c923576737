"""An entry in the API and in streams: its members on the wire, encoded without another step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from uuid import UUID

import msgspec

from jobs import levels
from jobs.storable import utf8_length

UNSET = msgspec.UNSET


class EntryRecord(msgspec.Struct, gc=False):
    """One entry with the names of its job and step. `fields` is raw JSON; members that are UNSET are not encoded."""

    id: int
    line: int
    timestamp: str
    level: str
    stream: str
    source: str
    message: str
    ansi: str | msgspec.UnsetType
    fields: msgspec.Raw | msgspec.UnsetType
    job_id: str
    job_name: str
    step_id: str | None
    step_name: str | None


def wire_size(record: EntryRecord) -> int:
    """About the number of bytes of an entry on the wire, for the bounds of batches and pages (S7)."""
    size = 300 + utf8_length(record.message)
    if record.ansi is not UNSET:
        size += utf8_length(record.ansi)
    if record.fields is not UNSET:
        size += len(bytes(record.fields))
    return size


def wire_time(value: str | datetime) -> str:
    """The time in RFC 3339, UTC, with microseconds. `value`: a datetime, or a text as SQLite stores it."""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:]}Z" if len(value) == 26 else f"{value[:10]}T{value[11:19]}.000000Z"
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat(timespec="microseconds") + "Z"


@lru_cache(maxsize=4096)
def wire_uuid(value: str | UUID) -> str:
    """The dashed form of a UUID. `value`: a UUID, or 32 hexadecimal digits as SQLite stores them."""
    return str(value if isinstance(value, UUID) else UUID(value))


@dataclass(slots=True)
class EntryColumns:
    """Entries by column, with values as the database takes them: all of the same length."""

    steps: Sequence[object]
    timestamps: Sequence[str | datetime]
    levels: Sequence[int]
    streams: Sequence[str]
    sources: Sequence[str]
    messages: Sequence[str]
    ansis: Sequence[str | None]
    fields: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class StepState:
    """A step's name, and its counters in the order of `COLUMN_NAMES`."""

    name: str
    counts: tuple[int, ...]


@dataclass(slots=True)
class AppendedBatch:
    """Entries that were just committed: consecutive lines of one job, with the counters of job and steps after them."""

    job_id: UUID
    job_name: str
    job_status: str
    job_revision: int
    first_line: int
    ids: Sequence[int]
    counts: tuple[int, ...]
    steps: dict[UUID, StepState]
    columns: EntryColumns
    _records: list[EntryRecord] | None = field(default=None, init=False)

    @property
    def last_line(self) -> int:
        return self.first_line + len(self.ids) - 1

    def records(self) -> list[EntryRecord]:
        """The entries for the wire, oldest first. Made by the first call, and shared by all callers."""
        if self._records is None:
            self._records = self._build_records()
        return self._records

    def _build_records(self) -> list[EntryRecord]:
        columns = self.columns
        names = {wire_uuid(step_id): state.name for step_id, state in self.steps.items()}
        step_ids = [None if step is None else wire_uuid(step) for step in columns.steps]
        return [
            EntryRecord(
                entry_id, line, wire_time(timestamp), levels.NAMES[level], stream, source, message,
                UNSET if ansi is None else ansi,
                UNSET if fields is None else msgspec.Raw(fields.encode()),
                job_id, job_name, step_id, None if step_id is None else names[step_id],
            )
            for (entry_id, line, timestamp, level, stream, source, message, ansi, fields, step_id, job_id, job_name)
            in zip(
                self.ids, range(self.first_line, self.last_line + 1), columns.timestamps, columns.levels,
                columns.streams, columns.sources, columns.messages, columns.ansis, columns.fields, step_ids,
                repeat(str(self.job_id)), repeat(self.job_name),
            )
        ]  # fmt: skip
