"""Lines of output into what a recorder takes: entries (without their step, which it knows) and commands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jobs.recording import NewEntry
from jobs.running.lines import Line
from jobs.text import Annotation, Command, GroupEnd, GroupStart, Progress, parse_command, parse_line

Item = NewEntry | GroupStart | GroupEnd | Progress

FALLBACK_LEVELS = {"stdout": "info", "stderr": "warn"}


class ItemReader:
    """Reads the lines of one stream. It remembers the level of an unfinished line, for its rest."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._fallback = FALLBACK_LEVELS[stream]
        self._open_level = self._fallback

    def items_of(self, lines: Iterable[Line], captured_at: datetime) -> list[Item]:
        items: list[Item] = []
        for line in lines:
            if line.is_continued:
                items.append(self._part(line, captured_at))
                continue
            text = line.text
            command = parse_command(text) if "::" in text or "section_" in text else None
            if command is None:
                items.append(self._entry(line, captured_at))
            else:
                items += self._command_items(command, captured_at)
        return items

    def _entry(self, line: Line, captured_at: datetime) -> NewEntry:
        message, level, timestamp, source, fields = parse_line(line.text)
        self._open_level = level or self._fallback
        if line.truncated_bytes or line.is_in_progress:
            fields = {**(fields or {}), **_marks(line)}
        return NewEntry(message, self._open_level, timestamp or captured_at, None, self._stream, source, fields)

    def _part(self, line: Line, captured_at: datetime) -> NewEntry:
        """The rest of a line has no header of its own: it has the level of its beginning."""
        return NewEntry(line.text, self._open_level, captured_at, None, self._stream, "", _marks(line))

    def _command_items(self, command: Command, captured_at: datetime) -> list[Item]:
        if isinstance(command, Annotation):
            fields = command.fields or None
            return [NewEntry(command.message, command.level, captured_at, None, self._stream, "", fields)]
        text = "" if isinstance(command, Progress) else command.text
        if not text:
            return [command]
        return [command, NewEntry(text, self._fallback, captured_at, None, self._stream)]


def _marks(line: Line) -> dict[str, object]:
    marks: dict[str, object] = {}
    if line.is_continued:
        marks["continued"] = True
    if line.is_in_progress:
        marks["in_progress"] = True
    if line.truncated_bytes:
        marks["truncated_bytes"] = line.truncated_bytes
    return marks
