"""Asking for many rows by their keys, so many at a time as a query may have parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MOST_KEYS = 500  # in one query


def in_parts(keys: Iterable[T]) -> Iterator[list[T]]:
    ahead = iter(keys)
    while part := list(islice(ahead, MOST_KEYS)):
        yield part
