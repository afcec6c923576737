"""Text as the cells of a terminal's row: East Asian characters take two, combining marks none."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TAIL = ""
"""The content of a cell that belongs to the character before it: of a wide one, or of a tab."""
TAB_COLUMNS = 8
MOST_MARKS = 16  # on one character; there are texts that are made of nothing else

_ONE_CELL_EACH = re.compile(
    "[ -~\xa0-\xac\xae-\u02ff\u0391-\u03a1\u03b1-\u03c9\u0400-\u0482"
    "\u2010-\u2027\u2190-\u21ff\u2500-\u259f\u2800-\u28ff]*"
)
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"


def cells_of(text: str) -> list[str]:
    """The cells that `text` fills when it is written; a mark that comes first has a cell of its own."""
    if text.isascii() or _ONE_CELL_EACH.fullmatch(text):
        return list(text)
    cells: list[str] = []
    head = -1  # the cell that marks go to
    for character in text:
        width = _width(character)
        if head >= 0 and (width == 0 or cells[head].endswith(_JOINER)) and len(cells[head]) <= MOST_MARKS:
            cells[head] += character
            if character == _EMOJI_STYLE and head == len(cells) - 1:
                cells.append(TAIL)
            continue
        head = len(cells)
        cells.append(character)
        if width == 2:
            cells.append(TAIL)
    return cells


def is_mark(text: str) -> bool:
    """Whether `text` begins with what has no cell of its own."""
    return not text[:1].isascii() and _width(text[0]) == 0


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\U0001f3fb" <= character <= "\U0001f3ff":
        return 0
    if "\u1160" <= character <= "\u11ff":  # the later parts of a Korean syllable
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
