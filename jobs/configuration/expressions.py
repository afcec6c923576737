"""Finds regular expressions that a line made for them can keep busy without end.

Python's `re` tries every way to match, and holds the interpreter meanwhile. Where a repeated part can itself match in
several ways, each further character doubles the number of ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

EXPLOSIVE = (
    "a repeated part that repeats or chooses inside, as (a+)+ or (a|b.)* do, and without \\1 "
    "(possessive a++ and atomic (?>...) are allowed)"
)
MANY = 8  # times; up to so many repetitions, trying all ways is fast enough

Item = tuple[Any, Any]


def may_explode(pattern: str) -> bool:
    """Whether `pattern`, which can be compiled, repeats an ambiguous part, or refers to an earlier match."""
    return has_ambiguity(parser.parse(pattern), is_repeated=False)


def has_ambiguity(items: Any, *, is_repeated: bool) -> bool:
    return any(is_ambiguous(item, is_repeated) for item in items)


def is_ambiguous(item: Item, is_repeated: bool) -> bool:
    kind, value = item
    if kind in (code.GROUPREF, code.GROUPREF_EXISTS, code.GROUPREF_IGNORE):
        return True
    if kind is code.BRANCH and is_repeated:
        return True
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
        lowest, highest, _ = value
        if is_repeated and lowest != highest:
            return True
        is_repeated = is_repeated or highest > MANY
    elif kind in (code.POSSESSIVE_REPEAT, code.ATOMIC_GROUP, code.ASSERT, code.ASSERT_NOT):
        is_repeated = False  # matched in one way, or not at all
    return any(has_ambiguity(part, is_repeated=is_repeated) for part in parts_of(value))


def parts_of(value: Any) -> Iterator[Any]:
    """The sequences of items inside one item."""
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from parts_of(each)
