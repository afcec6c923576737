"""From a record of Python's `logging` to an entry's level, message and fields."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

from jobs.levels import DEBUG, ERROR, FATAL, INFO, WARN
from jobs.storable import storable_object
from jobs.tracking.outcomes import exception_fields, traceback_of

LEVELS = (FATAL, ERROR, WARN, INFO)
# The attributes that every record has, and those that a Formatter sets; all others come from `extra=`.
OWN_ATTRIBUTES = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
OWN_COUNT = len(logging.makeLogRecord({}).__dict__)


class MessageAndFields(NamedTuple):
    message: str
    fields: Mapping[str, object] | None


def level_of(number: int) -> int:
    """The entry's level for a level of `logging`; for a number between two levels, the lower one."""
    for level in LEVELS:
        if number >= level:
            return level
    return DEBUG


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """A copy of `extra=`, made at once: its objects may change, and their texts may need the caller's database."""
    names = record.__dict__.keys() - OWN_ATTRIBUTES
    return storable_object({name: record.__dict__[name] for name in names}) if names else {}


def with_details(message: str, record: logging.LogRecord, *, is_formatted: bool) -> MessageAndFields:
    """The message with `extra=`, traceback and stack as fields; traceback and stack are appended to the message too.

    `is_formatted`: a formatter has appended those two already.
    """
    fields, texts = fields_of(record), [message]
    if record.exc_info and record.exc_info[1] is not None:
        texts.append(traceback_of(record.exc_info[1]))
        fields.update(exception_fields(record.exc_info[1], texts[-1]))
    if record.stack_info:
        texts.append(record.stack_info)
        fields["stack"] = record.stack_info
    return MessageAndFields(message if is_formatted else "\n".join(texts), fields or None)
