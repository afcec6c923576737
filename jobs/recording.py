"""The one way in: appending entries to a job (promise D1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections, router
from django.utils import timezone

from jobs import levels
from jobs.models import AppendedBatch, EntryColumns, Job, LogEntry, NewEntry, Step
from jobs.models.content import fields_text, storable_content
from jobs.models.entry import checked_stream, utc
from jobs.models.writing import repeat_none, write_columns
from jobs.storable import MAX_MESSAGE_BYTES, storable_text

__all__ = ["Appended", "NewEntry", "append"]


class Appended(NamedTuple):
    """The lines and the ids of the appended entries, in the order in which they were passed."""

    lines: range
    ids: Sequence[int]


def append(job: Job | UUID, entries: Sequence[NewEntry]) -> Appended:
    """Appends entries to a job, all of them or none, and returns their lines and ids.

    Raises UnknownLevel, ValueError (unknown stream, a step of another job), TypeError (fields that are no
    mapping) and NoSuchJob.
    """
    if not entries:
        return Appended(range(0), ())
    using = router.db_for_write(LogEntry)
    batch = write_columns(using, job.pk if isinstance(job, Job) else job, columns_of(entries, using))
    return Appended(range(batch.first_line, batch.last_line + 1), batch.ids)


def columns_of(entries: Sequence[NewEntry], using: str) -> EntryColumns:
    """The entries by column, made storable. Works on whole columns: a loop over entries takes as long as SQLite."""
    messages, names, timestamps, steps, streams, sources, fields = zip(*entries, strict=True)
    ansis: Sequence[str | None] = repeat_none(len(entries))
    stored_fields: Sequence[str | None] = ansis
    if not is_plain(messages):
        contents = [storable_content(*pair) for pair in zip(messages, fields, strict=True)]
        messages, ansis, stored_fields = zip(*contents, strict=True)
    elif any(item is not None for item in fields):
        stored_fields = [fields_text(item) for item in fields]
    return EntryColumns(
        steps=step_ids(steps),
        timestamps=stored_times(timestamps, using),
        levels=level_numbers(names),
        streams=stream_names(streams),
        sources=stored_sources(sources),
        messages=messages,
        ansis=ansis,
        fields=stored_fields,
    )


def is_plain(messages: Sequence[str]) -> bool:
    """Whether all messages can be stored as they are. One check for all of them, which costs nearly nothing."""
    if set(map(type, messages)) != {str}:  # a subclass, as templates make them, cannot be encoded for the wire
        return False
    text = "".join(messages)
    if "\x1b" in text or "\0" in text:
        return False
    try:
        return len(text.encode()) <= MAX_MESSAGE_BYTES
    except UnicodeEncodeError:  # a lone surrogate
        return False


def level_numbers(names: Sequence[str | int]) -> Sequence[int]:
    """The stored numbers of the levels. Raises UnknownLevel."""
    numbers = {name: levels.parse(name) for name in set(names)}
    if len(numbers) == 1:
        return list(numbers.values()) * len(names)
    return [numbers[name] for name in names]


def stream_names(streams: Sequence[str]) -> Sequence[str]:
    """The checked streams. Raises ValueError."""
    names = {stream: checked_stream(stream) for stream in set(streams)}
    return [names[stream] for stream in streams]


def step_ids(steps: Sequence[Step | UUID | None]) -> Sequence[object]:
    """The steps' ids."""
    if not any(step is not None for step in steps):
        return repeat_none(len(steps))
    return [step.pk if isinstance(step, Step) else step for step in steps]


def stored_sources(sources: Sequence[str]) -> Sequence[str]:
    storable = {source: storable_text(source) for source in set(sources)}
    return [storable[source] for source in sources]


def stored_times(timestamps: Sequence[datetime | None], using: str) -> Sequence[str | datetime]:
    """The moments as the database takes them. None becomes now: the same moment in the whole batch."""
    as_text = connections[using].vendor == "sqlite"
    now = stored_time(timezone.now(), as_text)
    return [now if moment is None else stored_time(moment, as_text) for moment in timestamps]


def stored_time(moment: datetime, as_text: bool) -> str | datetime:
    # As Django's SQLite backend writes it, but faster: this runs once per entry.
    if moment.tzinfo is not UTC:
        moment = utc(moment)
    return str(moment.replace(tzinfo=None)) if as_text else moment


__all__ = ["Appended", "AppendedBatch", "NewEntry", "append"]
