"""What a record of Python's `logging` says, as an entry says it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

from jobs.levels import DEBUG, ERROR, FATAL, INFO, WARN
from jobs.storable import storable_object
from jobs.tracking.outcomes import exception_fields, traceback_of

LEVELS = (FATAL, ERROR, WARN, INFO)
# What every record has, and what a Formatter leaves on it; all else came by `extra=`.
OWN_ATTRIBUTES = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
OWN_COUNT = len(logging.makeLogRecord({}).__dict__)


class Detailed(NamedTuple):
    message: str
    fields: Mapping[str, object] | None


def level_of(number: int) -> int:
    """The entry's level for Python's number, which may lie between two: then the lower."""
    for level in LEVELS:
        if number >= level:
            return level
    return DEBUG


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """`extra=`, copied now: what it holds may change, and its texts may ask the database."""
    names = record.__dict__.keys() - OWN_ATTRIBUTES
    return storable_object({name: record.__dict__[name] for name in names}) if names else {}


def with_details(message: str, record: logging.LogRecord, *, is_formatted: bool) -> Detailed:
    """The message with `extra=`, traceback and stack: kept as fields, and readable in the text, where a formatter
    has put the latter two already."""
    fields, texts = fields_of(record), [message]
    if record.exc_info and record.exc_info[1] is not None:
        texts.append(traceback_of(record.exc_info[1]))
        fields.update(exception_fields(record.exc_info[1], texts[-1]))
    if record.stack_info:
        texts.append(record.stack_info)
        fields["stack"] = record.stack_info
    return Detailed(message if is_formatted else "\n".join(texts), fields or None)
