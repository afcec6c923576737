"""One row of a terminal: what is in its cells, and in which colours."""

from __future__ import annotations

from itertools import groupby

from jobs.running.output.screen import pens
from jobs.running.output.screen.cells import MOST_MARKS, TAB_COLUMNS, TAIL, cells_of, is_mark
from jobs.terms.sizes import MIB

MAX_COLUMNS = MIB
_BLANK = " "


class Row:
    """Cells from the first column on; there are none after the last that was written."""

    __slots__ = ("_blank", "_chars", "_dropped", "_has_colours", "_has_tails", "_pens", "_wiped")

    def __init__(self) -> None:
        self._wiped: Row | None = None
        self._clear()

    def _clear(self) -> None:
        self._chars: list[str] = []
        self._pens: list[str] = []
        self._has_colours = self._has_tails = False
        self._dropped = self._blank = 0  # `_blank` cells at the beginning were erased, and are not erased again

    def __len__(self) -> int:
        return len(self._chars)

    @property
    def dropped_bytes(self) -> int:
        """How much was written where the row had no more room."""
        return self._dropped

    @property
    def is_blank(self) -> bool:
        return not any(map(str.strip, self._chars))

    def drop(self, count: int) -> None:
        """Notes that so many bytes came for which there was no room."""
        self._dropped += count

    def starts_with(self, text: str) -> bool:
        return self._chars[:1] == [text[0]] and "".join(self._chars[: len(text)]).startswith(text)

    def write(self, column: int, text: str, pen: str) -> int:
        """Writes over what is at `column`. Returns the column after it."""
        if column > 0 and is_mark(text):
            text = self._add_marks(column, text)
        cells = cells_of(text)
        end = column + len(cells)
        if end > MAX_COLUMNS:
            cells = cells[: max(MAX_COLUMNS - column, 0)]
            self._dropped += len(text.encode()) - len("".join(cells).encode())
            end = column + len(cells)
        if column == 0 and end >= len(self._chars) and text.isspace():
            self.keep_wiped()
        self._put(column, end, cells, pen)
        return end

    def _put(self, column: int, end: int, cells: list[str], pen: str) -> None:
        if self._has_tails:
            self._break(column)
            self._break(end)
        chars, places = self._chars, self._pens
        if column > len(chars):
            places += [pens.PLAIN] * (column - len(chars))
            chars += [_BLANK] * (column - len(chars))
        chars[column:end] = cells
        places[column:end] = [pen] * len(cells)
        self._blank = min(self._blank, column)
        self._has_colours = self._has_colours or pen != pens.PLAIN
        self._has_tails = self._has_tails or TAIL in cells

    def _add_marks(self, column: int, text: str) -> str:
        """Puts the marks that `text` begins with on the character before `column`. Returns the rest."""
        at = min(column, len(self._chars)) - 1
        while at > 0 and self._chars[at] == TAIL:
            at -= 1
        count = next((place for place, character in enumerate(text) if not is_mark(character)), len(text))
        if at < 0 or len(self._chars[at]) + count > MOST_MARKS:
            return text
        self._chars[at] += text[:count]
        self._blank = min(self._blank, at)
        return text[count:]

    def _break(self, column: int) -> None:
        """Before the right part of a wide character or of a tab is written over, its left part gets blank."""
        if column >= len(self._chars) or self._chars[column] != TAIL:
            return
        head = end = column
        while head > 0 and self._chars[head] == TAIL:
            head -= 1
        while end < len(self._chars) and self._chars[end] == TAIL:
            end += 1
        self._chars[head:end] = [_BLANK] * (end - head)

    def tab(self, column: int, pen: str) -> int:
        """Moves to the next tab stop; the text gets a tab where there was nothing."""
        stop = (column // TAB_COLUMNS + 1) * TAB_COLUMNS
        if column >= len(self._chars) and stop <= MAX_COLUMNS:
            self._put(column, stop, ["\t", *[TAIL] * (stop - column - 1)], pen)
            self._has_tails = True
        return min(stop, MAX_COLUMNS)

    def erase(self, start: int, end: int) -> None:
        """Makes the cells blank; those after the last that is left are gone."""
        if start >= len(self._chars):
            return
        if start <= 0 and end >= len(self._chars):
            self.keep_wiped()
            return
        if self._has_tails:
            self._break(start)
            self._break(end)
        if end >= len(self._chars):
            del self._chars[start:], self._pens[start:]
            self._blank = min(self._blank, start)
        elif end > self._blank:
            if start <= self._blank:
                start, self._blank = self._blank, end
            self._chars[start:end] = [_BLANK] * (end - start)
            self._pens[start:end] = [pens.PLAIN] * (end - start)

    def delete(self, column: int, count: int) -> None:
        if self._has_tails:
            self._break(column)
            self._break(column + count)
        del self._chars[column : column + count], self._pens[column : column + count]
        self._blank = min(self._blank, column)

    def insert(self, column: int, count: int) -> None:
        count = min(count, MAX_COLUMNS - len(self._chars))
        if column < len(self._chars) and count > 0:
            if self._has_tails:
                self._break(column)
            self._chars[column:column] = [_BLANK] * count
            self._pens[column:column] = [pens.PLAIN] * count
            self._blank = min(self._blank, column)

    def keep_wiped(self) -> None:
        """Empties the row, which remembers what it showed, if a bar is wiped out at its end; not a mere spinner."""
        if any(map(str.isalnum, self._chars)):
            shown = self._wiped = Row()
            shown._chars, shown._pens = self._chars, self._pens
            shown._has_colours, shown._has_tails, shown._dropped = self._has_colours, self._has_tails, self._dropped
        self._clear()

    def forget_wiped(self) -> None:
        self._wiped = None

    def shown(self) -> Row:
        """Itself, or what it showed before it was wiped out."""
        return self._wiped if self._wiped is not None and self.is_blank else self

    def columns_after(self, text: str) -> int | None:
        """How many cells `text` takes, with which the row begins; None when it begins with something else."""
        if not "".join(self._chars).startswith(text):
            return None
        columns = length = 0
        while columns < len(self._chars) and (length < len(text) or self._chars[columns] == TAIL):
            length += len(self._chars[columns])
            columns += 1
        return columns

    def plain(self) -> str:
        """The text, without spaces after it, which cannot be seen."""
        return "".join(self._chars).rstrip(_BLANK)

    def coloured(self, start: int = 0, end: int | None = None) -> str:
        """The text with its colours."""
        end = len(self._chars) if end is None else min(end, len(self._chars))
        if not self._has_colours:
            return "".join(self._chars[start:end]).rstrip(_BLANK)
        while end > start and self._chars[end - 1] == _BLANK and not pens.is_seen_on_blanks(self._pens[end - 1]):
            end -= 1
        pieces, at, before = [], start, pens.PLAIN
        for pen, same in groupby(self._pens[start:end]):
            length = sum(1 for _ in same)
            pieces += [pens.sequence(pen, before), *self._chars[at : at + length]]
            at, before = at + length, pen
        return "".join((*pieces, pens.sequence(pens.PLAIN, before)))
