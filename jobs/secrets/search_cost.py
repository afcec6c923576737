"""Estimates how the time of a search grows with the length of the text: by which power of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

SINGLE = (code.LITERAL, code.NOT_LITERAL, code.IN, code.ANY)
REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT)
NO_WAYS = (code.POSSESSIVE_REPEAT, code.ATOMIC_GROUP)  # matched in one way, or not at all
CHARACTERS = tuple(map(chr, range(256)))  # tried against two classes, to see whether they overlap
MANY = 16  # times; a part that is repeated less often does not grow with the text

Item = tuple[Any, Any]


def degree_of(items: Any, *, begins_anywhere: bool) -> int:
    """1 for linear time, 2 for the square, and so on.

    A repeated character that also matches the next part may end at any place, and the next part is tried at each.
    Other repeated characters are passed once. `begins_anywhere`: the whole expression is tried at each place.
    """
    state = items.state
    ways = sum(is_open(state, item, list(items)[at + 1 :]) for at, item in enumerate(items))
    runs = any(True for item in items if repeats(item))
    return max(1, begins_anywhere + max(ways, runs))


def is_open(state: Any, item: Item, rest: list[Item]) -> int:
    """The number of places in this item where the number of ways to match grows with the text."""
    kind, value = item
    if kind in NO_WAYS:
        return 0
    if kind in REPEATS and value[1] > MANY and is_single(value[2]):
        return int(bool(rest) and not are_apart(state, value[2][0], rest))
    inner = [degree_of(part, begins_anywhere=False) for part in parts_of(value) if any(map(repeats, part))]
    return max(inner, default=0) + (kind in REPEATS and value[1] > MANY)


def repeats(item: Item) -> bool:
    kind, value = item
    return (kind in REPEATS and value[1] > MANY) or any(any(map(repeats, part)) for part in parts_of(value))


def is_single(items: Any) -> bool:
    return len(items) == 1 and items[0][0] in SINGLE


def are_apart(state: Any, item: Item, rest: list[Item]) -> bool:
    """Whether no character of `item` can be the first one of `rest`."""
    found = characters_of(state, item)
    for kind, value in rest:
        if kind in SINGLE:
            return not found & characters_of(state, (kind, value))
        if kind not in REPEATS or not is_single(value[2]) or found & characters_of(state, value[2][0]):
            return False
        if value[0] > 0:
            return True
    return True


def characters_of(state: Any, item: Item) -> frozenset[str]:
    pattern = compiler.compile(parser.SubPattern(state, [item]), state.flags)
    return frozenset(filter(pattern.fullmatch, CHARACTERS))


def parts_of(value: Any) -> Iterator[Any]:
    """The sequences of items inside one item."""
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from parts_of(each)
