"""Which lines come of rows that are drawn more than once: few, but none is lost.

What a row shows is recorded when it is new, that is of another shape than what was there, and has stayed for a
moment; of something that is merely drawn again, a state now and then. A bar that is moved to another row stays the
same bar. When the program goes on below the rows, and when they leave the window or the output ends, what they show
at last is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobs.running.output.line import Line
from jobs.running.output.screen.shapes import shape_of
from jobs.running.output.screen.shown import Bar, ShownRow
from jobs.running.output.screen.window import MOST_ROWS, WIDEST_KEPT, Screen

LOOK_S = 0.5  # what is new stays new from one look to the next
LIVE_S = 1.0  # after a move up, lines that end may be drawn over
MOST_SHAPES = 200
MOST_RECENT = 5 * MOST_ROWS  # recorded lines that are kept until the oldest are forgotten, all at a time
MOST_PENDING = 50  # lines at a time that may wait for what a live program does next


class LiveRows:
    """The window of rows and what was recorded of them. `give` takes the lines as they are found."""

    def __init__(self, give: Callable[[Line], None]) -> None:
        self._give = give
        self._recent: list[Line] = []
        self.screen = Screen(self._settle_row, self._row_above)
        self._moved_up_at = float("-inf")
        self._now = 0.0
        self._shapes: dict[str, None] = {}
        self._displaced: dict[str, Bar] = {}
        self.due: float | None = None

    def note_time(self, now: float) -> None:
        self._now = now

    def remember(self, lines: Sequence[Line]) -> None:
        """These lines were recorded, and are above the row at the bottom."""
        if self.screen.has_rows_to_return_to and len(lines) < MOST_ROWS:
            for line in lines:
                self.screen.push(ShownRow(_shortened(line), is_recorded=True))
            return
        self.screen.clear(self.screen.rows[-1])
        if len(lines) == 1:
            lines = [_shortened(lines[0])]  # Others came in one chunk, and are no longer than that.
        self._recent += lines[-MOST_ROWS:]
        if len(self._recent) > MOST_RECENT:
            del self._recent[:-MOST_ROWS]

    def takes(self, lines: Sequence[Line]) -> bool:
        """Keeps `lines` for the next look, if they may be drawn over soon. Else settles what is above them."""
        is_plain = all(not line.is_continued and len(line.text) < WIDEST_KEPT for line in lines[:MOST_PENDING])
        if self._is_live() and is_plain and len(lines) < MOST_PENDING:
            for line in lines:
                self.screen.push(ShownRow(line))
            self.look_soon()
            return True
        self.settle(self.screen.rows[:-1])
        return False

    @property
    def is_idle(self) -> bool:
        """Whether lines that end are recorded as they come."""
        return self.due is None and not self._is_live()

    def ends_row(self) -> bool:
        """Whether the row that the cursor leaves by a newline is to be recorded now; if not, the next look will see."""
        self.note_moves()
        row = self.screen.row
        if row.is_returned or self._is_live() or not self.screen.is_at_bottom:
            row.is_dirty = True
            self.look_soon()
            return False
        if self.due is not None:
            self.settle(self.screen.rows[:-1])
        return True

    def note_moves(self) -> None:
        if not self.screen.has_moved:
            return
        if self.screen.has_moved_up:
            self._moved_up_at = self._now
        self.screen.has_moved = self.screen.has_moved_up = False
        self.look_soon()

    def look_soon(self) -> None:
        soon = self._now + LOOK_S
        self.due = soon if self.due is None else min(self.due, soon)

    def look(self, now: float, may_show: Callable[[ShownRow], Line | None]) -> None:
        """Records what is due. `may_show` gives what may be shown of a row that is not finished."""
        self._now = now
        if self.due is None or now < self.due:
            return
        self.due = None
        rows = self.screen.rows
        if not self._is_live() and any(row.is_dirty and not row.is_returned for row in rows[:-1]):
            self.settle(rows[:-1])
            return
        dirty = self._dirty_rows()
        while len(self._displaced) > MOST_SHAPES:
            del self._displaced[next(iter(self._displaced))]
        for row, shape in dirty:
            self._look_at(row, shape, may_show)
        for row in rows:
            row.is_touched = False

    def _dirty_rows(self) -> list[tuple[ShownRow, str]]:
        found = []
        for row in self.screen.rows:
            if not row.is_dirty or not (row.is_returned or row is not self.screen.row):
                continue
            plain = row.plain()
            if plain == row.recorded:
                row.is_dirty = False
            elif not row.cells.is_blank:
                shape = shape_of(plain)
                row.begin_bar(self._now)
                if row.bar is not None and row.bar.shape != shape:
                    self._displaced[row.bar.shape] = row.bar
                    row.bar = None
                found.append((row, shape))
        return found

    def _look_at(self, row: ShownRow, shape: str, may_show: Callable[[ShownRow], Line | None]) -> None:
        if row.bar is None:
            row.bar = self._displaced.pop(shape, None)
        bar = row.bar
        if bar is None and row.seen != shape:
            row.seen = shape
            self.look_soon()
        elif bar is not None and self._now < bar.due:
            if row.plain() != bar.text:
                self.due = bar.due if self.due is None else min(self.due, bar.due)
        elif bar is not None and row.plain() == bar.text:
            row.recorded, row.is_dirty = bar.text, False
        else:
            self._record(row, shape, may_show(row))

    def _record(self, row: ShownRow, shape: str, line: Line | None) -> None:
        """`line` is None when a secret is half there perhaps."""
        if line is None:
            self.look_soon()
            return
        if row.bar is None:
            self._settle_above(row)
        else:
            line = line._replace(is_in_progress=True)
        self._give(line)
        self._note_shape(shape)
        row.seen = None
        if row.bar is None:
            row.note_recorded(self._now)
        else:
            row.bar.note(row.plain(), self._now)
            row.recorded, row.is_dirty = row.bar.text, False

    def _settle_above(self, new: ShownRow) -> None:
        """What is above something new, and no longer drawn, comes before it."""
        for row in self.screen.rows:
            if row is new:
                return
            if not row.is_touched:
                self._settle_row(row)

    def settle(self, rows: Sequence[ShownRow]) -> None:
        """Records what `rows` show at last."""
        for row in rows:
            self._settle_row(row)

    def _settle_row(self, row: ShownRow) -> None:
        if not row.is_dirty:
            return
        row.is_dirty = False
        plain = row.plain()
        is_known = plain == row.recorded or (row.bar is not None and row.bar.text == plain)
        if not plain.strip() or is_known or (row.cells.is_blank and shape_of(plain) in self._shapes):
            return
        self._give(row.line())
        row.note_recorded(self._now)
        self._note_shape(shape_of(plain))

    def _note_shape(self, shape: str) -> None:
        """What is wiped out at last needs no entry when there is one of its kind: it may have been moved, too."""
        self._shapes.pop(shape, None)
        self._shapes[shape] = None
        if len(self._shapes) > MOST_SHAPES:
            del self._shapes[next(iter(self._shapes))]

    def _is_live(self) -> bool:
        return self._now - self._moved_up_at < LIVE_S

    def _row_above(self) -> ShownRow | None:
        return ShownRow(_shortened(self._recent.pop()), is_recorded=True) if self._recent else None


def _shortened(line: Line) -> Line:
    return line if len(line.text) <= WIDEST_KEPT else line._replace(text=line.text[:WIDEST_KEPT])
