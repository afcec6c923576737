"""What is looked for: a text, with or without regard to case, or a regular expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jobs.queries.finding.expressions import Expression

MOST_SPANS = 100  # of one entry

Span = tuple[int, int]


class Needle(NamedTuple):
    """Hashable: what was counted of it is remembered. `needle_of` makes one that is checked."""

    text: str
    has_case: bool = False
    is_expression: bool = False

    @property
    def expression(self) -> Expression:
        return Expression(self.text, has_case=self.has_case)

    @property
    def finds_nothing(self) -> bool:
        return self.is_expression and self.expression.finds_nothing

    def spans(self, message: str) -> list[Span]:
        """Where it is in a message, MOST_SPANS at most: in units of UTF-16, in which JavaScript counts."""
        written = message.encode()
        places = self.expression.spans(written, MOST_SPANS) if self.is_expression else self._places(written)
        return places if message.isascii() else in_utf16(written, places)

    def _places(self, message: bytes) -> list[Span]:
        text = self.text.encode()
        if not self.has_case:
            message, text = message.lower(), text.lower()  # of bytes, so of ASCII alone
        found: list[Span] = []
        at = message.find(text)
        while at >= 0 and len(found) < MOST_SPANS:
            found.append((at, at + len(text)))
            at = message.find(text, at + len(text))
        return found


def needle_of(text: str, *, has_case: bool, is_expression: bool) -> Needle:
    """Raises BadExpression and ExpressionsAreMissing."""
    needle = Needle(text, has_case, is_expression)
    if is_expression:
        assert needle.expression
    return needle


def in_utf16(message: bytes, places: list[Span]) -> list[Span]:
    """Rising places in UTF-8 as places in UTF-16."""
    numbers = units_up_to(message, [place for span in places for place in span])
    return list(zip(numbers, numbers, strict=True))


def units_up_to(message: bytes, places: list[int]) -> Iterator[int]:
    units = before = 0
    for place in places:
        units += len(message[before:place].decode(errors="ignore").encode("utf-16-le")) // 2
        before = place
        yield units
