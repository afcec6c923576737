r"""The last rows of a terminal, and the cursor that writes into them.

Where on a real screen they are is not known: moves up and down are taken relatively, and the first move to a place
of the screen (`CSI H`) begins a new page below all that was written before.
"""

from __future__ import annotations

from collections.abc import Callable

from jobs.running.output.screen import pens
from jobs.running.output.screen.row import MAX_COLUMNS, Row
from jobs.running.output.screen.shown import ShownRow

MOST_ROWS = 100  # higher than the screens that programs draw on
WIDTH = 256  # of the screen, as far as moves go that end at its edge
WIDEST_KEPT = 4096  # columns of a row that the cursor has left


class Screen:
    """Rows from the oldest to the newest; the cursor is in one of them."""

    def __init__(self, on_leave: Callable[[ShownRow], None], above: Callable[[], ShownRow | None]) -> None:
        """`on_leave` is given each row that is no longer kept, `above` gives the ones that were before the first."""
        self.rows = [ShownRow()]
        self.place, self.column, self.pen = 0, 0, pens.PLAIN
        self.has_moved = self.has_moved_up = False
        self._on_leave, self._above = on_leave, above
        self._home: int | None = None
        self._saved: tuple[ShownRow, int, str] | None = None

    @property
    def row(self) -> ShownRow:
        return self.rows[self.place]

    @property
    def is_at_bottom(self) -> bool:
        return self.place == len(self.rows) - 1

    @property
    def has_rows_to_return_to(self) -> bool:
        return len(self.rows) > 1 or self._home is not None

    @property
    def is_on_new_row(self) -> bool:
        """Whether the cursor is at the beginning of a row to which nothing has happened yet."""
        row = self.row
        return self.column == 0 and self.is_at_bottom and not row.is_returned and not row.is_dirty

    def write(self, text: str) -> None:
        row = self.row
        row.is_dirty = row.is_touched = True
        self.column = row.cells.write(self.column, text, self.pen)

    def tab(self) -> None:
        self.row.is_dirty = self.row.is_touched = True
        self.column = self.row.cells.tab(self.column, self.pen)

    def new_line(self) -> None:
        has_moved = self.has_moved
        self.down(1)
        self.column, self.has_moved = 0, has_moved

    def push(self, row: ShownRow) -> None:
        """Adds a row above the one at the bottom, in which the cursor is."""
        self.rows.insert(-1, row)
        self.place += 1
        self._drop_oldest()

    def clear(self, row: ShownRow) -> None:
        """Leaves a single row."""
        self.rows, self.place, self._home = [row], 0, None

    def save(self) -> None:
        self._saved = (self.row, self.column, self.pen)

    def restore(self) -> None:
        if self._saved is None:
            return
        row, self.column, self.pen = self._saved
        if row in self.rows:
            self._go_to(self.rows.index(row))
            self._stay_on_screen()
        else:  # It was on the page before: what comes there goes below this one.
            self.down(len(self.rows) - self.place)
            self.column = 0
            self.save()

    def _go_to(self, place: int) -> None:
        if place == self.place:
            return
        if place < self.place:
            self.has_moved_up = True
            for row in self.rows[place:]:
                row.is_returned = row.is_returned or row.is_dirty or row.recorded != "" or len(row.cells) > 0
        if len(self.row.cells) > WIDEST_KEPT:  # All of it is recorded, but not kept.
            self._on_leave(self.row)
            self.row.trim(WIDEST_KEPT)
        self.place, self.has_moved = place, True
        self._stay_on_screen()

    def _stay_on_screen(self) -> None:
        self.column = min(self.column, max(WIDTH, len(self.row.cells)))

    def up(self, count: int) -> None:
        """Moves up; farther than any screen is high means to its upper edge."""
        for _ in range(count - self.place if count < MOST_ROWS else 0):
            if len(self.rows) >= MOST_ROWS:
                break
            self.rows.insert(0, self._above() or ShownRow())
            self.place += 1
            self._home = None if self._home is None else self._home + 1
        self._go_to(max(self.place - count, 0))

    def down(self, count: int) -> None:
        if count >= MOST_ROWS:
            count = len(self.rows) - 1 - self.place
        while len(self.rows) <= self.place + count:
            self.rows.append(ShownRow())
        self._go_to(self.place + count)
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        while len(self.rows) > MOST_ROWS:
            self._on_leave(self.rows.pop(0))
            self.place = max(self.place - 1, 0)
            self._home = self._home - 1 if self._home else None  # A page that is gone in part is none.

    def new_page(self) -> None:
        """All that is there is settled; what comes goes below."""
        for row in self.rows:
            self._on_leave(row)
        self.clear(ShownRow())
        self.column = self._home = 0

    def to_row(self, number: int) -> None:
        if self._home is None:
            self.new_page()
        wanted = (self._home or 0) + number - 1
        if wanted > self.place:
            self.down(wanted - self.place)
        else:
            self._go_to(wanted)

    def to_column(self, column: int) -> None:
        edge = max(WIDTH, len(self.row.cells), self.column + 1)
        self.column = max(min(column, edge - 1, MAX_COLUMNS), 0)

    def _erase(self, start: int, end: int) -> None:
        if len(self.row.cells):
            self.row.is_dirty = self.row.is_touched = True
            self.row.cells.erase(start, end)
            self._stay_on_screen()

    def erase_line(self, part: int) -> None:
        """0: what follows the cursor, 1: what is before it, 2: all."""
        if part <= 2:
            self._erase(self.column if part == 0 else 0, self.column + 1 if part == 1 else MAX_COLUMNS)

    def erase_page(self, part: int) -> None:
        if part == 2 and self._home is None:
            self.new_page()
        if part > 2:
            return
        self.erase_line(part)
        others = self.rows[self.place + 1 :] if part == 0 else self.rows[(self._home or 0) : self.place]
        others = others + self.rows[self.place + 1 :] if part == 2 else others
        for row in others:
            row.is_dirty = row.is_touched = True
            row.cells.erase(0, MAX_COLUMNS)

    def change_cells(self, change: Callable[[Row, int, int], None], count: int) -> None:
        """`change` takes the row's cells, the column and how many cells are erased, deleted or inserted there."""
        self.row.is_dirty = self.row.is_touched = True
        change(self.row.cells, self.column, min(count, WIDTH))

    def insert_rows(self, count: int) -> None:
        bottom = len(self.rows)
        count = min(count, bottom - self.place)
        self.rows[self.place : self.place] = [ShownRow() for _ in range(count)]
        self._settle_below(bottom)
        self.column = 0

    def delete_rows(self, count: int) -> None:
        count = min(count, len(self.rows) - self.place)
        for row in self.rows[self.place : self.place + count]:
            self._on_leave(row)
        del self.rows[self.place : self.place + count]
        self.rows += [ShownRow() for _ in range(count)]
        self.column = 0

    def _settle_below(self, bottom: int) -> None:
        self.has_moved_up = True
        for row in self.rows[self.place :]:
            row.is_returned = True
        for row in self.rows[bottom:]:
            if not row.cells.is_blank:
                self._on_leave(row)
        del self.rows[bottom:]
