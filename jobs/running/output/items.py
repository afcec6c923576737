"""Lines of output into what a recorder takes: entries (without their step, which it knows) and commands.

Secrets are masked here, once a line's parts are known and before anything is stored; `release` says when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from jobs.background.storing import span
from jobs.models.content import TRUNCATED
from jobs.recording import NewEntry
from jobs.running.output.line import Line
from jobs.running.output.screen import pens
from jobs.secrets.masking import Masker, masked_entry
from jobs.terms.streams import SYSTEM
from jobs.text import (
    AddMask,
    Annotation,
    Command,
    CommandReader,
    Failure,
    GroupEnd,
    GroupStart,
    Progress,
    Report,
    Result,
    ResumeCommands,
    Spawn,
    StopCommands,
    parse_line,
)
from jobs.text.continuations import Continuations

FALLBACK_LEVEL = "info"  # of a line that states none, on stderr too: that is a stream, not a level
# What is said of reports that the limit of a line has cut, beside the line.
TOO_LARGE = {
    "::result::": ("the result is larger than 1 MiB and was not taken", "warn"),
    "::spawn::": ("cannot spawn: the request is larger than 1 MiB", "error"),
}
_as_entry = partial(tuple.__new__, NewEntry)  # of all its members: its own constructor takes longer
NOTHING_TO_MASK = "::add-mask:: came without a value: it masks nothing"


@dataclass(frozen=True, slots=True)
class SpawnRequest:
    """A wish for a child job. `data` are as they came, unmasked: a parent may pass its secrets on.

    `line` is the entry that the line is where there are no child jobs.
    """

    data: dict[str, object]
    line: NewEntry


@dataclass(frozen=True, slots=True)
class Lost:
    """So many entries are missing here, which were said between these moments."""

    count: int
    since: datetime
    until: datetime

    def and_then(self, later: Lost) -> Lost:
        return Lost(self.count + later.count, self.since, later.until)

    def entry(self) -> NewEntry:
        entries = "1 entry is" if self.count == 1 else f"{self.count} entries are"
        fields = {"lost": self.count, "from": self.since.isoformat(), "to": self.until.isoformat()}
        text = f"{entries} lost here, {span(self.since, self.until)}: the database failed"
        return NewEntry(text, "error", stream=SYSTEM, fields=fields)


Item = NewEntry | GroupStart | GroupEnd | Progress | Result | Failure | SpawnRequest | Lost
UnmaskedItem = Item | AddMask
"""What a program has said, nothing of it masked yet."""


class ItemReader:
    """Reads the lines of one stream. It remembers the level of an unfinished line, for its rest, and of records
    that may go on, for their further lines.
    """

    def __init__(self, stream: str, commands: CommandReader | None = None) -> None:
        """`commands`: one for all streams of a program."""
        self._stream = stream
        self._commands = commands or CommandReader()
        self._open_level = FALLBACK_LEVEL
        self._continuations = Continuations()

    def items_of(self, lines: Iterable[Line], captured_at: datetime) -> list[UnmaskedItem]:
        items: list[UnmaskedItem] = []
        for line in lines:
            if line.is_continued:
                items.append(self._part(line, captured_at))
                continue
            text = line.text
            command = self._commands.parse(text) if "::" in text or "section_" in text else None
            if command is None:
                items.append(self._entry(line, captured_at))
                if line.truncated_bytes:
                    items += _too_large(text, captured_at)
            else:
                self._continuations.end()
                items += self._command_items(command, line, captured_at)
        return items

    def _entry(self, line: Line, captured_at: datetime) -> NewEntry:
        text = line.text
        message, level, timestamp, source, fields = parse_line(text)
        if level is not None and message != text:
            self._continuations.begin(text, level, captured_at)
        elif not line.is_in_progress:
            level, continues = self._continuations.place(message, level, captured_at)
            if continues:
                fields = {**(fields or {}), "continuation": True}
        self._open_level = level or FALLBACK_LEVEL
        if line.pen:
            message = pens.sequence(line.pen) + message
        if line.truncated_bytes or line.is_in_progress:
            fields = {**(fields or {}), **_marks(line)}
        return _as_entry((message, self._open_level, timestamp or captured_at, None, self._stream, source, fields))

    def _part(self, line: Line, captured_at: datetime) -> NewEntry:
        """The rest of a line has no header of its own: it has the level of its beginning."""
        message = pens.sequence(line.pen) + line.text
        return NewEntry(message, self._open_level, captured_at, None, self._stream, "", _marks(line))

    def _command_items(self, command: Command, line: Line, captured_at: datetime) -> list[UnmaskedItem]:
        if isinstance(command, StopCommands | ResumeCommands):
            return []
        if isinstance(command, AddMask):
            return self._mask_items(command, line, captured_at)
        if isinstance(command, Annotation):
            fields = command.fields or None
            return [NewEntry(command.message, command.level, captured_at, None, self._stream, "", fields)]
        if isinstance(command, Result | Report | Spawn):
            return self._report_items(command, line, captured_at)
        text = command.text if isinstance(command, GroupStart | GroupEnd) else ""
        if not text:
            return [command]
        return [command, NewEntry(text, FALLBACK_LEVEL, captured_at, None, self._stream)]

    def _mask_items(self, command: AddMask, line: Line, captured_at: datetime) -> list[UnmaskedItem]:
        """The line itself is stored nowhere, and half a value that is there while the line is drawn is none."""
        if line.is_in_progress:
            return []
        return [command] if command.values else [NewEntry(NOTHING_TO_MASK, "warn", captured_at, stream=SYSTEM)]

    def _report_items(self, report: Result | Report | Spawn, line: Line, captured_at: datetime) -> list[UnmaskedItem]:
        if line.truncated_bytes or line.is_in_progress:  # Not all of it, though what is there makes sense.
            return [self._entry(line, captured_at), *_too_large(line.text, captured_at)]
        if isinstance(report, Result):
            return [report]
        if isinstance(report, Spawn):
            return [SpawnRequest(report.data, self._entry(line, captured_at))]
        stream = report.stream or self._stream
        level = report.level or FALLBACK_LEVEL
        moment = report.timestamp or captured_at
        return [NewEntry(report.message, level, moment, None, stream, report.source, report.fields or None)]


def masked(item: Item, masker: Masker) -> Item:
    """`item` without secrets; but for what a spawned job is to know."""
    if isinstance(item, NewEntry):
        return masked_entry(item, masker)
    if isinstance(item, GroupStart):
        return replace(item, name=masker.mask(item.name))
    if isinstance(item, GroupEnd):
        name = item.name and masker.mask(item.name)
        return replace(item, name=name, error=masker.mask(item.error))
    if isinstance(item, Result):
        return Result(masker.mask_json(item.value))
    if isinstance(item, Failure):
        return Failure(masker.mask(item.text))
    if isinstance(item, SpawnRequest):
        return replace(item, line=masked_entry(item.line, masker))
    return item


def _too_large(text: str, captured_at: datetime) -> list[Item]:
    said = next((said for name, said in TOO_LARGE.items() if text.lstrip().startswith(name)), None)
    return [NewEntry(said[0], said[1], captured_at, stream=SYSTEM)] if said else []


def _marks(line: Line) -> dict[str, object]:
    marks: dict[str, object] = {}
    if line.is_continued:
        marks["continued"] = True
    if line.is_in_progress:
        marks["in_progress"] = True
    if line.truncated_bytes:
        marks[TRUNCATED] = line.truncated_bytes
    return marks
