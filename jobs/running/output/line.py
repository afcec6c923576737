"""What a line of output is, once it is known."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A line, or a part of one. `is_continued`: it goes on with a line of which a part was given before.

    `pen` are the colours that were not reset before it (`1;31`), and so are its own.
    """

    text: str
    is_continued: bool = False
    is_in_progress: bool = False
    truncated_bytes: int = 0
    pen: str = ""
