"""The bounded queue between the thread that reads a program's output and the one that records it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import fields

from jobs.recording import NewEntry
from jobs.running.items import Item
from jobs.storable import MAX_JSON_DEPTH

MAX_ITEMS = 10_000
MAX_BYTES = 8 * 1024 * 1024
BATCH_ITEMS = 1_000
BATCH_BYTES = 1024 * 1024


class Backlog:
    """Takes items in and gives batches out. A full one makes `put` wait, and so, in the end, the program.

    There is no delay anywhere: the first item is taken at once, and what gathers while the database writes
    is the next batch.
    """

    def __init__(self, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES) -> None:
        self._items: deque[tuple[Item, int]] = deque()
        self._bytes = 0
        self._max_items, self._max_bytes = max_items, max_bytes
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, items: Iterable[Item], *, wait: bool = True) -> None:
        """Adds items, when there is room; at once with `wait=False`, for the few that are not output."""
        sized = [(item, size_of(item)) for item in items]
        with self._changed:
            if wait:
                self._changed.wait_for(self._has_room)
            self._items.extend(sized)
            self._bytes += sum(size for _, size in sized)
            self._changed.notify_all()

    def take(self) -> list[Item] | None:
        """The next batch, as soon as there is one; None when the backlog is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_closed)
            if not self._items:
                return None
            batch: list[Item] = []
            batch_bytes = 0
            while self._items and len(batch) < BATCH_ITEMS and batch_bytes < BATCH_BYTES:
                item, size = self._items.popleft()
                batch.append(item)
                batch_bytes += size
            self._bytes -= batch_bytes
            self._changed.notify_all()
            return batch

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return len(self._items) < self._max_items and self._bytes < self._max_bytes


def size_of(item: Item) -> int:
    """About the characters that an item holds."""
    if isinstance(item, NewEntry):
        return len(item.message) + (size_of_data(item.fields) if item.fields else 0)
    return sum(size_of_data(getattr(item, member.name)) for member in fields(item))


def size_of_data(value: object, depth: int = MAX_JSON_DEPTH) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict) and depth:
        return sum(len(key) + size_of_data(item, depth - 1) for key, item in value.items())
    if isinstance(value, list | tuple) and depth:
        return sum(size_of_data(item, depth - 1) for item in value)
    return 8
