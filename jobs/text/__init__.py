"""What a captured line of text holds: its level, time, message and fields, or a command. All pure.

`parse` puts together `level_detection` (plain lines) and `structured_lines` (JSON, logfmt); `commands` (`::group::`
and the like) and `reports` (`::result::` and the like) are for lines by which a program structures its log.
"""

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
from jobs.text.parse import PREFIX_FIELD, parse_line
from jobs.text.reports import Failure, Report, Result, Spawn
from jobs.text.structured_lines import ParsedLine

__all__ = [
    "PREFIX_FIELD",
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
