"""What a captured line of text says: its level, time, message and fields, and whether it is a command. All pure."""

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
