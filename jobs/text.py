"""What a captured line of text says: its level, time, message and fields, and whether it is a command.

The front door of four rooms, all pure: `level_detection` (plain lines), `structured_lines` (JSON, logfmt),
`workflow_commands` (`::group::` and its kin) and `workflow_reports` (`::result::` and its kin).
"""

from __future__ import annotations

from jobs.level_detection import detect_level
from jobs.structured_lines import ParsedLine, parse_json, parse_logfmt
from jobs.workflow_commands import Annotation, Command, GroupEnd, GroupStart, Progress, parse_command, short_name
from jobs.workflow_reports import Failure, Report, Result, Spawn

__all__ = [
    "Annotation",
    "Command",
    "Failure",
    "GroupEnd",
    "GroupStart",
    "ParsedLine",
    "Progress",
    "Report",
    "Result",
    "Spawn",
    "detect_level",
    "parse_command",
    "parse_line",
    "short_name",
]


def parse_line(line: str) -> ParsedLine:
    """`line` as a record: of JSON or logfmt where it is such, else itself with the level it states.

    Never raises. What a record does not tell is None, and the caller's fallback applies.
    """
    record = None
    if line.startswith("{") or (line[:1].isspace() and line.lstrip().startswith("{")):
        record = parse_json(line)
    elif "=" in line[:64]:
        record = parse_logfmt(line)
    if record is None:
        return ParsedLine(line, detect_level(line))
    if record.level is None:
        return record._replace(level=detect_level(record.message))
    return record
