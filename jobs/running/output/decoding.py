"""Output in other encodings than UTF-8 becomes UTF-8: Windows' tools, and PowerShell's `>`, write UTF-16.

Each line decides for itself, as several programs may write to one pipe. A line is UTF-16 when it begins with a byte
order mark, or when every second byte of its first two characters is zero or nearly so, which no text in UTF-8 has.
"""

from __future__ import annotations

import codecs
import unicodedata

UTF_8, LITTLE, BIG = "utf-8", "utf-16-le", "utf-16-be"
_MARKS = {codecs.BOM_UTF16_LE: LITTLE, codecs.BOM_UTF16_BE: BIG}
_WIDE_MARKS = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
_NEWLINES = {LITTLE: b"\n\0", BIG: b"\0\n"}
_MOST_HELD = 4096  # bytes of a line that may be UTF-16 or not; a longer one goes on as the line before it
_SAMPLE_BYTES = 128  # of a line that are looked at
_SENSELESS = frozenset(("Cc", "Cn", "Co", "Cs"))
_CONTROLS = "\t\r\b\x1b"  # that are usual in text
MOST_SENSE = 20  # characters for each that makes none
_LAST_ALPHABET = 7  # the high byte of Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic letters is less


class Decoder:
    """Takes bytes as they come and gives the same text in UTF-8, which nearly all of them are in already."""

    def __init__(self) -> None:
        self._encoding = UTF_8  # of the line that is being read, or was last
        self._is_at_start = True  # of a line
        self._is_first = True
        self._held = b""
        self._wide: codecs.IncrementalDecoder | None = None

    @property
    def holds(self) -> bool:
        """Whether it waits for more, to know what the last few bytes are."""
        return bool(self._held)

    def feed(self, chunk: bytes) -> bytes:
        if self._wide is not None:
            return self._wide.decode(chunk).encode("utf-8", "replace")
        is_usual = self._encoding is UTF_8 and not self._held and not self._is_first
        if is_usual and b"\0" not in chunk and b"\xff" not in chunk:
            return self._usual(chunk)
        return self._read(self._held + chunk, is_all=False)

    def rest(self, is_end: bool) -> bytes:
        """What was held back, now that nothing more comes, or not soon; half a unit only at the end."""
        half = b"" if is_end or self._encoding is UTF_8 else self._held[len(self._held) // 2 * 2 :]
        rest = self._read(self._held.removesuffix(half), is_all=True) if self._held else b""
        self._held += half
        return rest

    def _usual(self, chunk: bytes) -> bytes:
        # The first byte of a line may be half a character of UTF-16.
        if chunk[-2:-1] == b"\n" != chunk[-1:] or (self._is_at_start and len(chunk) == 1 and chunk != b"\n"):
            chunk, self._held = chunk[:-1], chunk[-1:]
        if chunk:
            self._is_at_start = chunk.endswith(b"\n")
        return chunk

    def _read(self, text: bytes, is_all: bool) -> bytes:
        at = 0
        pieces: list[bytes] = []
        self._held = b""
        if self._is_first and len(text) < 4 and not is_all and _may_be_marked(text):
            self._held = text
            return b""
        if self._is_first and (wide := _WIDE_MARKS.get(text[:4])) is not None:
            self._wide = codecs.getincrementaldecoder(wide)("replace")
            return self.feed(text[4:])
        self._is_first = False
        last_sign = max(text.rfind(b"\0"), text.rfind(b"\xff"))  # of UTF-16
        while at < len(text):
            if 0 < at > last_sign and self._encoding is UTF_8 and not is_all:
                pieces.append(self._usual(text[at:]))
                break
            end = self._line_end(text, at, is_all)
            if end is None or end == at:
                self._held = text[at:]
                break
            pieces.append(self._decoded(text[at:end]))
            at = end
        return b"".join(pieces)

    def _line_end(self, text: bytes, at: int, is_all: bool) -> int | None:
        """Where the line that begins or goes on at `at` ends, or what is there of it; None: it is not clear yet."""
        if self._is_at_start:
            encoding = self._encoding_at(text, at, is_all)
            if encoding is None:
                return None
            self._encoding = encoding
        if self._encoding is UTF_8:
            return _after(text.find(b"\n", at), 1, len(text))
        end = _aligned(text, _NEWLINES[self._encoding], at)
        whole = len(text) if is_all else at + (len(text) - at) // 2 * 2
        if end < 0 and not is_all and _is_half_pair(text[whole - 2 : whole], self._encoding):
            whole -= 2
        return _after(end, 2, whole)

    def _encoding_at(self, text: bytes, at: int, is_all: bool) -> str | None:
        """The encoding of the line that begins at `at`; None when more must come before it is known."""
        head = text[at : at + 4]
        if (marked := _MARKS.get(head[:2])) is not None:
            return self._encoding_by_mark(text, at, marked, is_all)
        if len(head) < 4 and not is_all and _may_be_wide(head):
            return None
        if (wide := _wide_encoding(head)) is not None:
            return wide if _is_text(text, at, wide) else UTF_8
        if self._encoding is UTF_8:
            return UTF_8
        return self._encoding_by_end(text, at, self._encoding, is_all)

    def _encoding_by_end(self, text: bytes, at: int, supposed: str, is_all: bool) -> str | None:
        """Of a line whose first letters do not show it: in UTF-16 there is a zero at its end at the latest."""
        newline = text.find(b"\n", at)
        is_open = newline < 0 or (newline + 1 == len(text) and supposed is LITTLE)
        if is_open and not is_all and len(text) - at < _MOST_HELD:
            return None
        end = len(text) if newline < 0 else newline + (2 if supposed is LITTLE else 1)
        line = text[at:end]
        return supposed if (b"\0" in line or not _is_utf_8(line)) and _is_text(text, at, supposed) else UTF_8

    def _encoding_by_mark(self, text: bytes, at: int, marked: str, is_all: bool) -> str | None:
        """Of a line that begins with a mark, which may be chance: data have it once in 64 KiB."""
        newline = _aligned(text, _NEWLINES[marked], at)
        if newline < 0 and not is_all and len(text) - at < _MOST_HELD:
            return None
        line = text[at : _after(newline, 2, len(text))]
        return marked if b"\0" in line and _is_text(text, at, marked) else UTF_8

    def _decoded(self, line: bytes) -> bytes:
        if self._encoding is UTF_8:
            self._is_at_start = line.endswith(b"\n")
            return line
        if self._is_at_start and line[:2] in _MARKS:
            line = line[2:]
        shown = line.decode(self._encoding, "replace").encode("utf-8", "replace")
        self._is_at_start = shown.endswith(b"\n")
        return shown


def _after(at: int, length: int, otherwise: int) -> int:
    return otherwise if at < 0 else at + length


def _aligned(text: bytes, newline: bytes, start: int) -> int:
    at = text.find(newline, start)
    while at >= 0 and (at - start) % 2:
        at = text.find(newline, at + 1)
    return at


def _is_utf_8(line: bytes) -> bool:
    try:
        codecs.utf_8_decode(line, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _is_text(text: bytes, start: int, encoding: str) -> bool:
    """Whether the line that begins at `start` makes sense in UTF-16; of data, every sixth character is none at all."""
    end = _aligned(text, _NEWLINES[encoding], start)
    end = min(start + _SAMPLE_BYTES, len(text) if end < 0 else end)
    shown = text[start : start + (end - start) // 2 * 2].decode(encoding, "replace")
    if shown.isprintable():
        return True
    senseless = sum(unicodedata.category(character) in _SENSELESS or character == "\ufffd" for character in shown)
    return (senseless - sum(map(shown.count, _CONTROLS))) * MOST_SENSE <= len(shown)


def _is_half_pair(unit: bytes, encoding: str) -> bool:
    return len(unit) == 2 and 0xD8 <= unit[1 if encoding is LITTLE else 0] <= 0xDB


def _may_be_marked(text: bytes) -> bool:
    return any(mark.startswith(text) for mark in (*_WIDE_MARKS, *_MARKS))


def _may_be_wide(head: bytes) -> bool:
    """Whether these first bytes of a line, fewer than four, could be followed by some that make it UTF-16."""
    if len(head) == 1:
        return head != b"\n"
    return min(head[:2]) < _LAST_ALPHABET


def _wide_encoding(head: bytes) -> str | None:
    if head[:2] == b"\n\0" or head == b"\r\0\n\0":
        return LITTLE
    if head[:2] == b"\0\n" or head == b"\0\r\0\n":
        return BIG
    if len(head) < 4:
        return None
    first, second, third, fourth = head
    if max(second, fourth) < _LAST_ALPHABET <= min(first, third):
        return LITTLE
    return BIG if max(first, third) < _LAST_ALPHABET <= min(second, fourth) else None
