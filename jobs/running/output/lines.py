r"""Bytes of a program's output, as they come, into the lines that a reader of a terminal would see. Pure, no I/O.

What needs care: a character may be split between two reads; a progress bar redraws its line, or several, for hours
perhaps; a prompt waits for an answer without ending its line; a line may have no end at all; half a secret must not
be shown, as it cannot be recognized, nor half a report.

Nearly all lines have nothing but text and colours, and never become cells of a screen.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from itertools import repeat

from jobs.running.output.cutting import BYTE_ORDER_MARK, MAX_LINE_BYTES, Cutter, complete_bytes, is_blank, line_of
from jobs.running.output.decoding import Decoder
from jobs.running.output.line import Line
from jobs.running.output.screen import pens
from jobs.running.output.screen.carriage_returns import ReturnedLines
from jobs.running.output.screen.controls import (
    MOVE_TO_ANOTHER_ROW,
    moves_in,
    whole_controls,
    without_chance_moves,
    without_returns_at_ends,
)
from jobs.running.output.screen.interpreter import write
from jobs.running.output.screen.redrawn import LiveRows
from jobs.running.output.screen.shown import REDRAWN_LINE_S, ShownRow
from jobs.secrets.masking import NO_MASK, Masker
from jobs.storable import without_ansi

__all__ = ["MAX_LINE_BYTES", "OPEN_LINE_S", "REDRAWN_LINE_S", "Line", "LineAssembler"]

OPEN_LINE_S = 1.0  # after so long an unfinished line is recorded as far as it is there
MOST_GIVEN_BYTES = 4096  # of an unfinished line that are known when it is drawn over

# GitLab ends its section markers with a carriage return, for a terminal to overwrite them: they are not redrawn.
_MARKER = re.compile(rb"(?:\x1b\[[\d;]*[A-Za-z])*section_(?:start|end):\d+:")
# A report means nothing before it is whole, and a slow reader may well need a second for one of a mebibyte.
# Half a mask hides nothing, and shows half a secret.
_UNFINISHED_REPORT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*::(?:[a-z-]{0,13}\Z|(?:result|entry|spawn|failure|add-mask|stop-commands)[ :])"
)
_as_line = partial(tuple.__new__, Line)


class LineAssembler:
    """Takes chunks and gives lines. Times are seconds on any clock that only goes forward.

    The lines are not masked yet; but no part of a line ends within a secret of `masker`.
    """

    def __init__(self, masker: Masker = NO_MASK) -> None:
        self._masker = masker
        self._cutter = Cutter(masker)
        self._decoder = Decoder()
        self._lines: list[Line] = []
        self._rows = LiveRows(self._give)
        self._screen = self._rows.screen
        self._pending = b""  # a control sequence or character that is only half here
        self._returns_due: float | None = None
        self._returns: ReturnedLines | None = ReturnedLines()
        self._pen = pens.PLAIN  # where the line begins that is being read
        self._is_drawn = False  # it is in cells, not in bytes
        self._now = 0.0
        self._begin_line()

    def _begin_line(self) -> None:
        self._current = bytearray()  # the end of the line is not here yet
        self._given = b""  # what was recorded of it
        self._dropped_bytes = 0
        self._is_continued = False
        self._held_marker = False
        self._due: float | None = None
        self._wait_s = OPEN_LINE_S

    @property
    def due(self) -> float | None:
        """When `flush` will have something to give, if nothing else comes; None when nothing is waiting."""
        moments = [due for due in (self._due, self._rows.due, self._returns_due) if due is not None]
        return min(moments, default=None)

    def feed(self, chunk: bytes, now: float) -> list[Line]:
        """The lines that `chunk` completes."""
        self._now = now
        self._rows.note_time(now)
        self._read(self._decoder.feed(chunk))
        self._schedule()
        return self._taken()

    def flush(self, now: float) -> list[Line]:
        """What is due of unfinished lines and of rows that are drawn again."""
        self._now = now
        self._rows.look(now, self._unfinished)
        if self._returns_due is not None and now >= self._returns_due:
            self._give_returned_lines()
        if self._due is not None and now >= self._due:
            self._read(self._decoder.rest(is_end=False))
            if self._is_redrawn:
                self._snapshot()
            else:
                self._flush_open_line()
        return self._taken()

    def end(self) -> list[Line]:
        """What is left when the output has ended."""
        self._read(self._decoder.rest(is_end=True))
        if self._returns is not None and self._returns.waits:
            self._give_returned_lines()
        rest, self._pending = self._pending.rstrip(b"\r"), b""
        if self._is_drawn:
            write(self._screen, rest.decode("utf-8", "replace"))
        else:
            self._add(rest)
        rows = self._screen.rows
        is_open = not self._screen.row.is_returned and self._screen.is_at_bottom
        self._rows.settle(rows[:-1] if is_open else rows)
        if is_open and not self._is_empty():
            self._end_line()
            self._rows.settle(self._screen.rows)
        return self._taken()

    def _give(self, line: Line) -> None:
        self._lines.append(self._cutter.finished(line))

    def _taken(self) -> list[Line]:
        lines, self._lines = self._lines, []
        return lines

    def _read(self, text: bytes) -> None:
        returns = self._returns
        if returns is not None and returns.is_refuted_by(text):
            self._returns = self._returns_due = None
        self._take(text)
        if self._returns is not None and text:
            self._returns.note(text, self._now)
            if self._returns.is_decided:
                self._give_returned_lines()
            elif self._returns.waits and self._returns_due is None:
                self._returns_due = self._now + OPEN_LINE_S

    def _give_returned_lines(self) -> None:
        """Lines that end with a carriage return alone, and leave no trace in the row that is drawn."""
        self._returns_due = None
        if self._returns is None or not self._is_drawn:
            return
        lines, shown = self._returns.take()
        for line in lines:
            self._give(Line(line))
        cells = self._screen.row.cells
        cells.keep_wiped()
        cells.forget_wiped()
        self._screen.column = 0
        write(self._screen, shown)

    def _take(self, text: bytes) -> None:
        text, self._pending = whole_controls(without_returns_at_ends(self._pending + text))
        text = without_chance_moves(text)
        at, moves = 0, moves_in(text)
        while at < len(text):
            at = self._draw(text, at) if self._is_drawn else self._add_until_drawn(text, at, moves)

    def _add_until_drawn(self, text: bytes, start: int, moves: re.Pattern[bytes] | None) -> int:
        """Takes what is mere text and colours, up to what moves the cursor. Returns where that is."""
        match = moves.search(text, start) if moves is not None else None
        end = len(text) if match is None else match.start()
        self._add(text[start:end] if start or match else text)
        if match is None:
            return end
        if match[0] == b"\r" and _MARKER.match(self._current):
            self._give(line_of(bytes(self._current), pen=self._pen))
            self._begin_line()
            self._held_marker = True
            return match.end()
        if match[0] in (b"\r", b"\b") and not self._current and not self._given:
            return match.end()
        self._begin_drawing()
        return end

    def _add(self, text: bytes) -> None:
        head, newline, tail = text.rpartition(b"\n")
        if newline:
            first, newline, whole = head.partition(b"\n")
            self._add_part(first)
            self._end_line()
            if newline:
                self._give_lines(self._whole_lines(whole))
        if tail:
            self._add_part(tail)

    def _add_part(self, text: bytes) -> None:
        room = MAX_LINE_BYTES - len(self._current)
        self._current += text[:room]
        self._dropped_bytes += max(len(text) - room, 0)

    def _whole_lines(self, text: bytes) -> list[Line]:
        """Lines that began and ended within one chunk; nearly all are plain, and are decoded together."""
        whole = text.decode("utf-8", "replace")
        lines = whole.split("\n")
        if not whole.isascii() and BYTE_ORDER_MARK in whole:
            lines = [line.removeprefix(BYTE_ORDER_MARK) for line in lines]
        if self._pen or (b"\x1b" in text and pens.are_left_in(text)):
            return self._lines_with_colours(lines)
        return list(map(_as_line, zip(lines, repeat(False), repeat(False), repeat(0), repeat(""))))

    def _lines_with_colours(self, texts: list[str]) -> list[Line]:
        begun_with = []
        pen = self._pen
        for text in texts:
            begun_with.append(pens.at_start_of(text, pen) if pen else pen)
            if "\x1b" in text:
                pen = pens.after(pen, text)
        self._pen = pen
        return list(map(_as_line, zip(texts, repeat(False), repeat(False), repeat(0), begun_with)))

    def _give_lines(self, lines: list[Line]) -> None:
        if self._rows.is_idle or not self._rows.takes(lines):
            self._lines += lines
            self._rows.remember(lines)

    def _end_line(self) -> None:
        """The whole line, now that its end has come; what it shows at last if it was drawn."""
        if self._is_drawn:
            self._end_drawn_line()
            return
        raw = bytes(self._current)
        line = self._part(raw)
        is_mere_rest = self._is_continued and not raw and not self._dropped_bytes
        is_mere_marker = self._held_marker and is_blank(raw)
        if b"\x1b" in raw:
            self._pen = pens.after(self._pen, line.text)
        self._begin_line()
        if not is_mere_rest and not is_mere_marker:
            self._give_lines([line])

    def _begin_drawing(self) -> None:
        """Puts the line into cells, and goes on there."""
        row = self._screen.row
        self._screen.pen = self._pen
        given = self._given.decode("utf-8", "replace")
        write(self._screen, given)
        row.given = without_ansi(given)
        write(self._screen, self._current.decode("utf-8", "replace").removeprefix(BYTE_ORDER_MARK))
        row.cells.drop(self._dropped_bytes)
        self._current.clear()
        self._dropped_bytes = 0
        self._is_drawn = True

    def _draw(self, text: bytes, start: int) -> int:
        """Takes what is there of one row. Returns where the next begins."""
        match = MOVE_TO_ANOTHER_ROW.search(text, start)
        end = len(text) if match is None else match.end()
        is_ended = match is not None and match[0] == b"\n"
        piece = text[start : end - is_ended]
        shown, length = codecs.utf_8_decode(piece, "replace", match is not None)
        write(self._screen, shown)
        self._rows.note_moves()
        if is_ended:
            self._end_drawn_line()
        if match is None:
            self._pending = piece[length:] + self._pending
        elif self._screen.is_on_new_row:
            self._is_drawn, self._pen = False, self._screen.pen
            self._begin_line()
        return end

    def _end_drawn_line(self) -> None:
        row = self._screen.row
        if row.marker:
            self._give(Line(row.marker))
        if self._rows.ends_row():
            line = self._line_of_row(row)
            if line is not None:
                self._give(line)
            row.note_recorded(self._now)
        self._screen.new_line()

    def _line_of_row(self, row: ShownRow) -> Line | None:
        """The line that `row` shows, or its rest when a part was recorded; None when there is nothing but that part."""
        line = row.line()
        if row.marker and not row.plain():
            return None
        if self._is_continued and (rest := row.rest()) is not None:
            return line._replace(text=rest, is_continued=True) if rest else None
        return line

    @property
    def _is_redrawn(self) -> bool:
        return self._is_drawn or self._pending[:1] == b"\r"

    def _is_empty(self) -> bool:
        if self._is_drawn:
            return self._screen.row.cells.shown().is_blank
        return not self._dropped_bytes and is_blank(self._current)

    def _schedule(self) -> None:
        is_nothing = self._is_empty() or (self._is_drawn and self._screen.row.is_returned)
        if self._decoder.holds and self._due is None:
            self._due, self._wait_s = self._now + OPEN_LINE_S, OPEN_LINE_S
        elif not self._masker.shows_unfinished_lines or is_nothing:
            self._due = self._due if self._decoder.holds else None
        elif self._due is None:
            self._wait_s = REDRAWN_LINE_S if self._is_redrawn else OPEN_LINE_S
            self._due = self._now + self._wait_s
        elif self._is_redrawn and self._wait_s < REDRAWN_LINE_S:
            self._due += REDRAWN_LINE_S - self._wait_s
            self._wait_s = REDRAWN_LINE_S

    def _flush_open_line(self) -> None:
        """The unfinished line but for a character, escape sequence or secret that is only half there."""
        complete = self._showable_bytes()
        text, self._current = bytes(self._current[:complete]), self._current[complete:]
        self._due = self._now + OPEN_LINE_S if self._current else None
        if not text:
            return
        self._rows.settle(self._screen.rows[:-1])
        line = self._part(text)
        self._pen = pens.after(self._pen, line.text)
        self._given = self._given + text if len(self._given) + len(text) <= MOST_GIVEN_BYTES else b""
        self._is_continued, self._dropped_bytes = True, 0
        self._lines.append(line)

    def _part(self, raw: bytes) -> Line:
        return self._cutter.line_of(raw, self._is_continued, self._dropped_bytes, self._pen)

    def _showable_bytes(self) -> int:
        if not self._is_continued and _UNFINISHED_REPORT.match(self._current):
            return 0
        complete = complete_bytes(self._current)
        if self._dropped_bytes:  # The end is not here, but gone: there is nothing to wait for.
            return complete
        return complete - self._masker.held_bytes(bytes(self._current[:complete]))

    def _snapshot(self) -> None:
        """The state of a progress bar. The waits double: an hour of redrawing gives nine entries, not thousands."""
        self._wait_s *= 2
        self._due = self._now + self._wait_s
        if self._is_drawn:
            line = self._unfinished(self._screen.row)
        else:
            line = self._cutter.without_half_a_secret(self._part(bytes(self._current)))
        if line is not None:
            self._lines.append(line._replace(is_in_progress=True))

    def _unfinished(self, row: ShownRow) -> Line | None:
        """What may be shown of `row`; if the cursor is there, a secret may be half written before it."""
        line = row.line()
        if row is not self._screen.row:
            return line
        if not self._masker.shows_unfinished_lines:
            return None
        line = self._cutter.without_half_a_secret(line._replace(is_in_progress=True))
        written = Line(row.cells.coloured(0, self._screen.column), is_in_progress=True)
        safe = self._cutter.without_half_a_secret(written)
        line = line if safe == written else safe
        return line if line.text.strip() else None
