"""Searching lines of any length with an installation's own expressions, in bounded time.

Python's `re` holds the interpreter while it searches, and its time often grows with the square of a line's length:
`(\\w+)@` begins anew at each letter of a word. So an expression that begins with a repeated character is tried at the
first of such characters only; long lines are searched in pieces; and when a line takes too long, the rest of it counts
as a match.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cache
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from jobs.secrets.search_cost import REPEATS, degree_of, is_single

PIECES = (8 * 1024, 8 * 1024, 1024, 256, 128)  # characters, by degree: a piece takes about 0.1 s at worst
MOST_CPU_S = 0.5  # for one line

Span = tuple[int, int]


class BoundedPattern:
    """Finds what a pattern matches: every match up to half a piece long, and longer ones where they begin in time."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._first = begins_at_the_first(pattern)
        items = parser.parse(pattern.pattern, pattern.flags)
        degree = degree_of(items, begins_anywhere=self._first is pattern)
        self._piece = PIECES[min(degree, len(PIECES)) - 1]

    def spans(self, text: str) -> Iterator[Span]:
        """The start and end of each match. When the time is over, the last span is the part that was not searched."""
        piece, step = self._piece, self._piece // 2
        if len(text) <= piece:
            yield from self._spans_within(text, 0, len(text))
            return
        began, end = time.thread_time(), 0
        for start in range(0, len(text) - step, step):
            if time.thread_time() - began > MOST_CPU_S:
                yield start, len(text)
                return
            for span in self._spans_within(text, max(start, end), start + piece):
                end = self._end_of(text, *span, limit=start + piece)
                yield span[0], end

    def _spans_within(self, text: str, start: int, stop: int) -> Iterator[Span]:
        while start <= stop:
            match = self._match_here(text, start, stop) or self._first.search(text, start, stop)
            if match is None:
                return
            if match[0]:
                yield match.span()
            start = max(match.end(), start + 1) if match[0] else match.end() + 1

    def _match_here(self, text: str, start: int, stop: int) -> re.Match[str] | None:
        """A match that begins at `start`, which counts as a first character: nothing before it is searched."""
        return self._pattern.match(text, start, stop) if self._first is not self._pattern else None

    def _end_of(self, text: str, start: int, end: int, limit: int) -> int:
        """The end of a match in the whole text, for a match that ends where its piece does."""
        while end == limit < len(text):
            limit += limit - start
            match = self._pattern.match(text, start, limit)
            end = match.end() if match else end
        return end


bounded = cache(BoundedPattern)


def begins_at_the_first(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The same pattern, but without matches that begin after a character with which they could begin too.

    Such a match also matches from the character before it, so this loses no match.
    """
    items = parser.parse(pattern.pattern, pattern.flags)
    repeated = first_repeated(items)
    if repeated is None:
        return pattern
    before = parser.SubPattern(items.state, [repeated])
    items.insert(0, (code.ASSERT_NOT, (-1, before)))
    return compiler.compile(items, pattern.flags)  # type: ignore[no-any-return]


def first_repeated(items: Any) -> Any:
    """The character, or class of characters, with any number of which the pattern begins; else None."""
    if not items:
        return None
    kind, value = items[0]
    if kind is code.SUBPATTERN and not value[1] and not value[2]:
        return first_repeated(value[3])
    if kind in REPEATS and value[1] is code.MAXREPEAT and is_single(value[2]):
        return value[2][0]
    return None
