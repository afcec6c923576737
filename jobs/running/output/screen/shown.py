"""A row of the screen, and what of it is recorded already."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs.running.output.line import Line
from jobs.running.output.screen import pens
from jobs.running.output.screen.row import Row
from jobs.running.output.screen.shapes import shape_of
from jobs.storable import ANSI, without_ansi

REDRAWN_LINE_S = 10.0  # so long the state of a progress bar is worth an entry; then twice as long, and so on
_MARKER = re.compile(r"section_(?:start|end):\d+:")
_PARTS = re.compile(f"([^\x00-\x1f\x7f]+)|\x1b\\[([0-9;:]*)m|(\t)|{ANSI.pattern}")


@dataclass(slots=True)
class Bar:
    """Something that is drawn again and again: its states are recorded ever more seldom."""

    shape: str
    text: str
    due: float
    wait_s: float = REDRAWN_LINE_S

    def note(self, text: str, now: float) -> None:
        self.text = text
        self.wait_s *= 2
        self.due = now + self.wait_s


class ShownRow:
    """`is_returned`: the cursor has left it and come back, so that its texts are states of something."""

    __slots__ = (
        "_cells",
        "_recorded_at",
        "_source",
        "bar",
        "given",
        "is_dirty",
        "is_returned",
        "is_touched",
        "marker",
        "recorded",
        "seen",
    )

    def __init__(self, source: Line | None = None, *, is_recorded: bool = False) -> None:
        """`source`: a whole line, which is put into cells only when it is drawn over."""
        self._source = source
        self._cells: Row | None = None
        self.is_returned = False
        self.is_dirty = source is not None and not is_recorded  # it may show what is not recorded
        self.is_touched = False  # since it was last looked at
        self.recorded = self.plain() if is_recorded else ""
        self.seen: str | None = None
        self._recorded_at: float | None = None
        self.bar: Bar | None = None
        self.given = ""  # what was recorded of the line before it was ended or drawn over
        self.marker = ""

    @property
    def cells(self) -> Row:
        if self._cells is None:
            self._cells = Row() if self._source is None else _drawn(self._source)
            self._source = None
        return self._cells

    def plain(self) -> str:
        if self._source is not None:
            return without_ansi(self._source.text).rstrip(" ")
        return self.cells.shown().plain()

    def line(self) -> Line:
        """What it shows."""
        if self._source is not None:
            return self._source
        shown = self.cells.shown()
        return Line(shown.coloured(), truncated_bytes=shown.dropped_bytes)

    def rest(self) -> str | None:
        """What comes after the part that was recorded before; None when that part has been drawn over."""
        shown = self.cells.shown()
        columns = shown.columns_after(self.given)
        return None if columns is None else shown.coloured(columns)

    def trim(self, columns: int) -> None:
        if len(self.cells) > columns:
            self.cells.erase(columns, len(self.cells))

    def ends_marker(self) -> None:
        """GitLab ends its section markers with a carriage return, for a terminal to overwrite them."""
        cells = self.cells
        if cells.starts_with("section_") and _MARKER.match(text := cells.plain()):
            self.marker = text
            cells.keep_wiped()
            cells.forget_wiped()

    def note_recorded(self, now: float) -> None:
        self.recorded = self.plain()
        self.is_dirty = False
        self.seen = None
        self.bar = None
        self._recorded_at = now

    def begin_bar(self, now: float) -> None:
        """What is recorded was the first state of something, as it turns out."""
        if self.bar is None and self.recorded:
            since = now if self._recorded_at is None else self._recorded_at
            self.bar = Bar(shape_of(self.recorded), self.recorded, since + REDRAWN_LINE_S)


def _drawn(line: Line) -> Row:
    row, column, pen = Row(), 0, line.pen
    for part in _PARTS.finditer(line.text):
        if part[1]:
            column = row.write(column, part[1], pen)
        elif part[2] is not None:
            pen = pens.changed(pen, part[2])
        elif part[3]:
            column = row.tab(column, pen)
    return row
