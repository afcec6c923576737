"""Parses one captured line: as a record of JSON or logfmt, or as plain text with the level that it states."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

from jobs.text.level_detection import detect_level
from jobs.text.line_prefixes import record_start
from jobs.text.producer_times import parse_time
from jobs.text.structured_lines import ParsedLine, parse_record

PREFIX_FIELD = "prefix"
_as_parsed = partial(tuple.__new__, ParsedLine)
_PRIORITY = re.compile(r"<\d{1,3}>")  # syslog's: the carrier's level, which does not hold for a record behind it


def parse_line(line: str) -> ParsedLine:
    """`line` as a record of JSON or logfmt; any other line is its own message, with the level that it states.

    Never raises. Level and timestamp are None where the line has none: the caller chooses a fallback.
    """
    record = None
    if "{" in line or "=" in line:
        text = line.removeprefix("\ufeff")
        record = parse_record(text) or _record_behind_a_prefix(text)
    if record is None:
        return _as_parsed((line, detect_level(line), None, "", None))  # nearly all; its own constructor takes longer
    if record.level is None:
        return record._replace(level=detect_level(record.message))
    return record


def _record_behind_a_prefix(line: str) -> ParsedLine | None:
    """The record behind a prefix of a carrier (Docker Compose, kubectl, syslog ...).

    It must have a level and a message: without them, it may be a value that the words before it mention.
    """
    start = record_start(line)
    record = parse_record(line[start:]) if start is not None else None
    if start is None or record is None or record.message == line[start:]:
        return None
    prefix = line[:start].strip()
    if record.level is None or detect_level(_PRIORITY.sub("", prefix)) is not None:
        return None
    timestamp = record.timestamp or _time_in(prefix)
    return record._replace(timestamp=timestamp, fields={PREFIX_FIELD: prefix, **(record.fields or {})})


def _time_in(prefix: str) -> datetime | None:
    """The carrier's time, where it names its zone."""
    return next((moment for word in prefix.split() if (moment := parse_time(word)) is not None), None)
