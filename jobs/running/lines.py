r"""Bytes of a program's output, as they come, into the lines that a reader of a terminal would see. Pure, no I/O.

What needs care: a character may be split between two reads; a progress bar redraws its line with `\r` or `\b`,
for hours perhaps; a prompt waits for an answer without ending its line; a line may have no end at all; half a
secret must not be shown, as it cannot be recognized, nor half a report.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from jobs import storable
from jobs.running.masking import NO_MASK, Masker

OPEN_LINE_S = 1.0  # after so long an unfinished line is recorded as far as it is there
REDRAWN_LINE_S = 10.0  # so long the state of a progress bar is worth an entry; then twice as long, and so on
MAX_LINE_BYTES = storable.MAX_MESSAGE_BYTES

_BLANK = re.compile(rb"(?:\x1b\[[0-?]*[ -/]*[@-~]|\s)*+")
# GitLab ends its section markers with a carriage return, for a terminal to overwrite them: they are not redrawn.
_MARKER = re.compile(rb"(?:\x1b\[[\d;]*[A-Za-z])*section_(?:start|end):\d+:")
# A report means nothing before it is whole, and a slow reader may well need a second for one of a mebibyte.
# Half a mask hides nothing, and shows half a secret.
_UNFINISHED_REPORT = re.compile(rb"\s*::(?:[a-z-]{0,13}\Z|(?:result|entry|spawn|failure|add-mask|stop-commands)[ :])")


class Line(NamedTuple):
    """A line, or a part of one. `is_continued`: it goes on with a line of which a part was given before."""

    text: str
    is_continued: bool = False
    is_in_progress: bool = False
    truncated_bytes: int = 0


class LineAssembler:
    """Takes chunks and gives lines. Times are seconds on any clock that only goes forward.

    The lines are not masked yet; but no part of a line ends within a secret of `masker`.
    """

    def __init__(self, masker: Masker = NO_MASK) -> None:
        self._masker = masker
        self._begin_line()

    def _begin_line(self) -> None:
        self._drawn = b""  # the last state of a line that is being redrawn
        self._current = bytearray()  # what came since: the end of the line is not here yet
        self._dropped_bytes = 0
        self._is_redrawn = False
        self._ends_with_return = False
        self._is_continued = False
        self._held_marker = False
        self._due: float | None = None
        self._wait_s = OPEN_LINE_S

    @property
    def due(self) -> float | None:
        """When `flush` will have something to give, if nothing else comes; None when nothing is waiting."""
        return self._due

    def feed(self, chunk: bytes, now: float) -> list[Line]:
        """The lines that `chunk` completes."""
        head, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            return self._add(chunk, now)
        first, newline, whole = head.partition(b"\n")
        lines = [*self._add(first, now), *self._end_line()]
        if newline:
            lines += self._whole_lines(whole)
        return lines + self._add(tail, now) if tail else lines

    def flush(self, now: float) -> list[Line]:
        """What is due of the unfinished line."""
        if self._due is None or now < self._due:
            return []
        return self._snapshot(now) if self._is_redrawn else self._flush_open_line(now)

    def end(self) -> list[Line]:
        """What is left when the output has ended."""
        is_anything_left = self._drawn or self._dropped_bytes or not _is_blank(self._current)
        return self._end_line() if is_anything_left else []

    def _whole_lines(self, text: bytes) -> list[Line]:
        """Lines that began and ended within one chunk; nearly all are plain, and are decoded together."""
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
        if b"\r" in text or b"\b" in text:
            return [line for raw in text.split(b"\n") for line in (*self._add(raw, 0.0), *self._end_line())]
        return [Line(line) for line in text.decode("utf-8", "replace").split("\n")]

    def _add(self, piece: bytes, now: float) -> list[Line]:
        if not piece:
            return []
        if self._ends_with_return:
            piece = b"\r" + piece
        # A carriage return that ends the piece may belong to the end of the line: what follows will tell.
        text = piece.rstrip(b"\r")
        self._ends_with_return = len(text) < len(piece)
        self._is_redrawn = self._is_redrawn or b"\r" in piece or b"\b" in piece
        *overwritten, text = text.split(b"\r")
        markers = self._overwrite(overwritten) if overwritten else []
        room = MAX_LINE_BYTES - len(self._current)
        self._current += text[:room]
        self._dropped_bytes += max(len(text) - room, 0)
        self._schedule(now)
        return markers

    def _overwrite(self, states: list[bytes]) -> list[Line]:
        """Follows a line through its states, the first of which goes on with what is there."""
        markers: list[Line] = []
        for state in (bytes(self._current) + states[0], *states[1:]):
            if _MARKER.match(state):
                markers.append(_line_of(state))
                self._held_marker = True
            elif not _is_blank(state):
                self._drawn = state
        self._current.clear()
        self._dropped_bytes = 0
        return markers

    def _schedule(self, now: float) -> None:
        if not self._masker.shows_unfinished_lines or (_is_blank(self._current) and not self._drawn):
            self._due = None
        elif self._due is None:
            self._wait_s = REDRAWN_LINE_S if self._is_redrawn else OPEN_LINE_S
            self._due = now + self._wait_s
        elif self._is_redrawn and self._wait_s < REDRAWN_LINE_S:
            self._due += REDRAWN_LINE_S - self._wait_s
            self._wait_s = REDRAWN_LINE_S

    def _end_line(self) -> list[Line]:
        """The whole line, now that its end has come; its last state if it was redrawn."""
        raw = self._state()
        line = self._line_of(raw)
        is_mere_rest = self._is_continued and not raw and not self._dropped_bytes
        is_mere_marker = self._held_marker and _is_blank(raw)
        self._begin_line()
        return [] if is_mere_rest or is_mere_marker else [line]

    def _state(self) -> bytes:
        return self._drawn if self._drawn and _is_blank(self._current) else bytes(self._current)

    def _flush_open_line(self, now: float) -> list[Line]:
        """The unfinished line but for a character, escape sequence or secret that is only half there."""
        complete = self._showable_bytes()
        text, self._current = bytes(self._current[:complete]), self._current[complete:]
        self._due = now + OPEN_LINE_S if self._current else None
        if not text:
            return []
        line = self._line_of(text)
        self._is_continued, self._dropped_bytes = True, 0
        return [line]

    def _showable_bytes(self) -> int:
        if not self._is_continued and _UNFINISHED_REPORT.match(self._current):
            return 0
        complete = _complete_bytes(self._current)
        escape = storable.PARTIAL_ANSI.search(
            self._current, max(complete - storable.MAX_PARTIAL_ANSI_BYTES, 0), complete
        )
        if escape is not None:
            complete = escape.start()
        if self._dropped_bytes:  # The end is not here, but gone: there is nothing to wait for.
            return complete
        return complete - self._masker.held_bytes(bytes(self._current[:complete]))

    def _snapshot(self, now: float) -> list[Line]:
        """The state of a progress bar. The waits double: an hour of redrawing gives nine entries, not thousands."""
        self._wait_s *= 2
        self._due = now + self._wait_s
        line = _line_of(self._state(), self._is_continued)
        return [self._without_half_a_secret(line)._replace(is_in_progress=True)]

    def _line_of(self, raw: bytes) -> Line:
        if not self._dropped_bytes:
            line = _line_of(raw, self._is_continued)
        else:
            complete = _complete_bytes(raw)
            line = _line_of(raw[:complete], self._is_continued, self._dropped_bytes + len(raw) - complete)
        return self._without_half_a_secret(line) if line.truncated_bytes else line

    def _without_half_a_secret(self, line: Line) -> Line:
        if not self._masker:
            return line
        raw = line.text.encode()
        held = self._masker.held_bytes(raw)
        text, truncated = raw[: len(raw) - held].decode("utf-8", "ignore"), line.truncated_bytes
        return line._replace(text=text, truncated_bytes=truncated + held if truncated else 0)


def _complete_bytes(raw: bytes | bytearray) -> int:
    """The length of `raw` without a character at its end that is only half there."""
    return codecs.utf_8_decode(raw, "replace", False)[1]


def _is_blank(raw: bytes | bytearray) -> bool:
    return _BLANK.fullmatch(raw) is not None


def _line_of(raw: bytes, is_continued: bool = False, dropped_bytes: int = 0) -> Line:
    text = storable.storable_text(raw.decode("utf-8", "replace"))
    if "\b" in text:
        text = _without_backspaces(text)
    # Broken bytes grow when they are replaced.
    text, cut_bytes = storable.cut(text, MAX_LINE_BYTES)
    return Line(text, is_continued, False, dropped_bytes + cut_bytes)


def _without_backspaces(text: str) -> str:
    shown: list[str] = []
    for character in text:
        if character != "\b":
            shown.append(character)
        elif shown:
            shown.pop()
    return "".join(shown)
