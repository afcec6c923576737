"""Where in a program's output the cursor is moved, seen in its bytes: nearly all lines have none of it."""

from __future__ import annotations

import re

from jobs import storable

# What moves the cursor or erases; not colours, and not to erase what follows the end of a line, where nothing is.
_MOVE = rb"\x1b(?!\[(?:[\d;]*+m|K))(?:\[(?:[\d;]*+[@-ILMPSTXZ`adefsu]|0*[1-9]\d*[JK]|\?(?:1049|1047|47)[hl])|[78DEMc])"
_ESCAPED_MOVE = re.compile(_MOVE)
_ANY_MOVE = re.compile(rb"[\r\b\v\f]|" + _MOVE)
MOVE_TO_ANOTHER_ROW = re.compile(rb"[\n\v\f]|\x1b(?:\[[\d;]*[ABEFHJLMSTdefu]|\[\?\d+[hl]|[8DEMc])")
# What no program writes that draws; of data, every tenth byte or so is one of these.
_SIGNS_OF_DATA = bytes((*range(7), *range(0x10, 0x18), 0x19, *range(0x1C, 0x20)))
_COMMONEST_SIGNS = tuple(bytes((sign,)) for sign in _SIGNS_OF_DATA[:10])
MOST_BYTES_A_SIGN = 50
_RETURNS = re.compile(rb"\r+\n")
_RETURN_AND_NULS = re.compile(rb"\r\0+")


def without_chance_moves(text: bytes) -> bytes:
    """`text` without the sequences that move the cursor, if it is no text: what looks like one there is mere chance."""
    if b"\x1b" not in text or not any(sign in text for sign in _COMMONEST_SIGNS):
        return text
    signs = len(text) - len(text.translate(None, _SIGNS_OF_DATA))
    return _ESCAPED_MOVE.sub(b"", text) if signs * MOST_BYTES_A_SIGN > len(text) else text


def moves_in(text: bytes) -> re.Pattern[bytes] | None:
    """What in `text` needs a screen to be understood; None if nothing does, for a quick look."""
    if b"\r" in text or b"\b" in text or b"\v" in text or b"\f" in text:
        return _ANY_MOVE
    return _ESCAPED_MOVE if b"\x1b" in text else None


def without_returns_at_ends(text: bytes) -> bytes:
    """`text` whose lines end with a newline alone, without the NULs that old terminals need after a return."""
    if b"\r" not in text:
        return text
    if b"\0" in text:
        text = _RETURN_AND_NULS.sub(b"\r", text)
    return _RETURNS.sub(b"\n", text) if b"\r\r" in text else text.replace(b"\r\n", b"\n")


def whole_controls(text: bytes) -> tuple[bytes, bytes]:
    """`text` as far as no control is cut in half, and the rest: a return may belong to the newline that comes next."""
    cut = len(text.rstrip(b"\r"))
    half = _half_sequence(text)
    if half >= 0:
        cut = half
    elif cut == len(text):
        return text, b""
    return text[:cut], b"\r" if text[cut : cut + 1] == b"\r" else text[cut:]


def _half_sequence(text: bytes) -> int:
    """Where the escape sequence begins that is not all there at the end of `text`, or -1."""
    start = max(len(text) - storable.MAX_PARTIAL_ANSI_BYTES, 0)
    last = text.rfind(b"\x1b", start)
    if last < 0:
        return -1
    if last == len(text) - 1:  # It may be half of what ends a string.
        before = text.rfind(b"\x1b", start, last)
        last = before if before >= 0 else last
    half = storable.PARTIAL_ANSI.search(text, last)
    return -1 if half is None else half.start()
