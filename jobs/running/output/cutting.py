"""The text of a line from its bytes: no longer than one may be, and never ending within a secret or a character."""

from __future__ import annotations

import codecs
import re

from jobs import storable
from jobs.running.output.line import Line
from jobs.running.output.screen import pens
from jobs.secrets.masking import Masker

MAX_LINE_BYTES = storable.MAX_MESSAGE_BYTES
BYTE_ORDER_MARK = "\ufeff"
_BLANK = re.compile(rb"(?:\x1b\[[0-?]*[ -/]*[@-~]|\s)*+")


class Cutter:
    """Knows the secrets."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def line_of(self, raw: bytes, is_continued: bool, dropped_bytes: int, pen: str) -> Line:
        """A line, or a part of one, of which `dropped_bytes` at the end are not kept."""
        if not dropped_bytes:
            line = line_of(raw, is_continued, pen=pen)
        else:
            complete = complete_bytes(raw)
            line = line_of(raw[:complete], is_continued, dropped_bytes + len(raw) - complete, pen)
        return self.without_half_a_secret(line) if line.truncated_bytes else line

    def finished(self, line: Line) -> Line:
        """A line that was drawn, no longer than one may be."""
        if len(line.text) * 4 <= MAX_LINE_BYTES and not line.truncated_bytes:
            return line
        text, cut_bytes = storable.cut(line.text, MAX_LINE_BYTES)
        line = line._replace(text=text, truncated_bytes=line.truncated_bytes + cut_bytes)
        return self.without_half_a_secret(line) if line.truncated_bytes else line

    def without_half_a_secret(self, line: Line) -> Line:
        if not self._masker:
            return line
        raw = line.text.encode()
        held = self._masker.held_bytes(raw)
        text, truncated = raw[: len(raw) - held].decode("utf-8", "ignore"), line.truncated_bytes
        return line._replace(text=text, truncated_bytes=truncated + held if truncated else 0)


def complete_bytes(raw: bytes | bytearray) -> int:
    """The length of `raw` without a character at its end that is only half there."""
    return codecs.utf_8_decode(raw, "replace", False)[1]


def is_blank(raw: bytes | bytearray) -> bool:
    return _BLANK.fullmatch(raw) is not None


def line_of(raw: bytes, is_continued: bool = False, dropped_bytes: int = 0, pen: str = pens.PLAIN) -> Line:
    text = storable.storable_text(raw.decode("utf-8", "replace"))
    if not is_continued:
        text = text.removeprefix(BYTE_ORDER_MARK)
    # Broken bytes grow when they are replaced.
    text, cut_bytes = storable.cut(text, MAX_LINE_BYTES)
    return Line(text, is_continued, False, dropped_bytes + cut_bytes, pens.at_start_of(text, pen))
