"""What a program reports about itself in JSON: its result, whole entries, child jobs; and why it fails.

::result::{json}        ::entry::{json}        ::spawn::{json}        ::failure::text

Pure functions. They return None when the data make no sense; the line is then an ordinary one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from jobs import levels
from jobs.storable import Json, parsed_json, storable_json, storable_object
from jobs.terms.streams import STDERR, STDOUT
from jobs.text.producer_times import parse_time

T = TypeVar("T")

ENTRY_STREAMS = (STDOUT, STDERR)  # `system` is what Quaero itself says


@dataclass(frozen=True, slots=True)
class Result:
    """The job's result. The last one counts."""

    value: Json


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the program fails: the job's error, if it then exits with a code other than 0."""

    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole entry. A member that is missing or unusable is None; an unusable one is kept in `fields`."""

    message: str
    level: str | None = None
    timestamp: datetime | None = None
    source: str = ""
    stream: str | None = None
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spawn:
    """A request for a child job. `data` is not checked yet (`running.ordering.spawning` does that)."""

    data: dict[str, object]


def parse_result(text: str) -> Result | None:
    """The result in JSON `text`, made storable; None for text that is no JSON."""
    try:
        return Result(storable_json(parsed_json(text)))
    except (ValueError, RecursionError):
        return None


def parse_spawn(text: str) -> Spawn | None:
    """The request in the JSON object `text`; None for anything else."""
    data = _object(text)
    return None if data is None else Spawn(data)


def parse_report(text: str) -> Report | None:
    """The entry in the JSON object `text`, which needs a `message`. Unknown members become fields: none is lost."""
    record = _object(text)
    if record is None or record.get("message") is None:
        return None
    message = record.pop("message")
    level, timestamp = _take(record, "level", _level_of), _take(record, "timestamp", parse_time)
    source, stream = _take(record, "source", _text_of), _take(record, "stream", _stream_of)
    fields = {**(_take(record, "fields", _object_of) or {}), **record}
    text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    return Report(text, level, timestamp, source or "", stream, storable_object(fields))


def parse_failure(text: str) -> Failure | None:
    """The reason in `text`; None for a blank one."""
    return Failure(text.strip()) if text.strip() else None


def _object(text: str) -> dict[str, object] | None:
    try:
        return _object_of(parsed_json(text))
    except (ValueError, RecursionError):
        return None


def _take(record: dict[str, object], key: str, read: Callable[[object], T | None]) -> T | None:
    """Takes the member `key` out of the record and returns what `read` makes of it; leaves it there if that is None."""
    value = read(record.get(key))
    if value is not None or record.get(key) is None:
        record.pop(key, None)
    return value


def _level_of(value: object) -> str | None:
    try:
        return levels.NAMES[levels.parse(value)] if isinstance(value, str | int) else None
    except levels.UnknownLevel:
        return None


def _object_of(value: object) -> dict[str, object] | None:
    return value if isinstance(value, dict) else None


def _text_of(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _stream_of(value: object) -> str | None:
    return value if isinstance(value, str) and value in ENTRY_STREAMS else None
