"""What a captured line of text says: its level, time, message and fields, and whether it is a command.

The front door of some rooms, all pure: `level_detection` (plain lines), `structured_lines` (JSON, logfmt),
`workflow_commands` (`::group::` and its kin) and `workflow_reports` (`::result::` and its kin).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

from jobs.text.commands import (
    AddMask,
    Annotation,
    Command,
    CommandReader,
    GroupEnd,
    GroupStart,
    Progress,
    ResumeCommands,
    StopCommands,
    parse_command,
    short_name,
)
from jobs.text.level_detection import detect_level
from jobs.text.line_prefixes import record_start
from jobs.text.producer_times import parse_time
from jobs.text.reports import Failure, Report, Result, Spawn
from jobs.text.structured_lines import ParsedLine, parse_record

__all__ = [
    "AddMask",
    "Annotation",
    "Command",
    "CommandReader",
    "Failure",
    "GroupEnd",
    "GroupStart",
    "ParsedLine",
    "Progress",
    "Report",
    "Result",
    "ResumeCommands",
    "Spawn",
    "StopCommands",
    "detect_level",
    "parse_command",
    "parse_line",
    "short_name",
]

PREFIX_FIELD = "prefix"
_as_parsed = partial(tuple.__new__, ParsedLine)
_PRIORITY = re.compile(r"<\d{1,3}>")  # syslog's: the carrier's level, which says nothing of a record within


def parse_line(line: str) -> ParsedLine:
    """`line` as a record: of JSON or logfmt where it is such, else itself with the level it states.

    Never raises. What a record does not tell is None, and the caller's fallback applies.
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
    """The record that a carrier (Docker Compose, kubectl, syslog ...) has put its own words before.

    Level and message are wanted: behind other words less may be what they speak of.
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
    """The carrier's time, where it is one that says its zone."""
    return next((moment for word in prefix.split() if (moment := parse_time(word)) is not None), None)
