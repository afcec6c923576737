"""The bounded queue between the thread that reads a program's output and the one that records it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import NamedTuple, cast

from jobs.recording import NewEntry
from jobs.running.output.items import Item, Lost, SpawnRequest
from jobs.running.output.spool import Spool
from jobs.storable import MAX_JSON_DEPTH
from jobs.terms.sizes import BATCH_BYTES, BATCH_ITEMS, MIB
from jobs.text import Progress

MAX_ITEMS = 10_000
MAX_BYTES = 8 * MIB


class Held(NamedTuple):
    """A placeholder on the disk for something that must not be there: a request to spawn has secrets in clear."""

    number: int


class Backlog:
    """Takes items in and gives batches out. A full one makes `put` wait, and so, in the end, the program.

    There is no delay anywhere: the first item is taken at once, and what gathers while the database writes
    is the next batch.

    While the database fails the program does not wait for it: what memory cannot hold waits on a disk. When there is
    no room either, entries are lost, and something in their place says how many.
    """

    def __init__(self, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES, spool: Spool | None = None) -> None:
        self._items: deque[tuple[Item, int]] = deque()
        self._bytes = 0
        self._max_items, self._max_bytes = max_items, max_bytes
        self._spool = Spool() if spool is None else spool  # what comes after `_items`
        self._spooled: Lost | None = None  # what would be lost with it
        self._held: dict[int, Item] = {}
        self._rest: deque[Item] = deque()  # what comes after that, when the disk takes no more
        self._kept_bytes = 0  # of what is held or at the rest
        self._changed = threading.Condition()
        self._is_closed = False
        self._is_stuck = False

    def put(self, items: Iterable[Item], *, wait: bool = True) -> None:
        """Adds items, when there is room; at once with `wait=False`, for the few that are not output."""
        new = list(items)
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._is_stuck or self._has_room())
            if self._is_spilling() or (wait and not self._has_room()):
                self._spill(new)
            else:
                self._hold(new)
            self._changed.notify_all()

    def take(self) -> list[Item] | None:
        """The next batch, as soon as there is one; None when the backlog is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_spilling() or self._is_closed)
            if not self._items:
                self._refill()
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

    def set_stuck(self, is_stuck: bool) -> None:
        """Whether nothing is taken for the time being, since the database fails."""
        with self._changed:
            self._is_stuck = is_stuck
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return not self._is_spilling() and len(self._items) < self._max_items and self._bytes < self._max_bytes

    def _is_spilling(self) -> bool:
        return bool(self._spool) or bool(self._rest)

    def _hold(self, items: Iterable[Item]) -> None:
        sized = [(item, size_of(item)) for item in items]
        self._items.extend(sized)
        self._bytes += sum(size for _, size in sized)

    def _spill(self, items: list[Item]) -> None:
        if not self._rest and self._spool.put([self._for_disk(item) for item in items]):
            count = sum(isinstance(item, NewEntry) for item in items)
            self._spooled = self._spooled.and_then(lost(count)) if self._spooled else lost(count)
            return
        for item in items:
            self._keep_or_lose(item)

    def _for_disk(self, item: Item) -> Item | Held:
        if not isinstance(item, SpawnRequest):
            return item
        if not self._may_keep(item):
            return lost(1)
        self._held[len(self._held)] = item
        return Held(len(self._held) - 1)

    def _keep_or_lose(self, item: Item) -> None:
        """What is no entry is small and says where the others belong."""
        if isinstance(item, Progress):
            return
        if not isinstance(item, NewEntry) and self._may_keep(item):
            self._rest.append(item)
            return
        last = self._rest[-1] if self._rest else None
        if isinstance(last, Lost):
            self._rest[-1] = last.and_then(lost(1))
        else:
            self._rest.append(lost(1))

    def _may_keep(self, item: Item) -> bool:
        size = size_of(item)
        if self._kept_bytes + size > self._max_bytes:
            return False
        self._kept_bytes += size
        return True

    def _refill(self) -> None:
        if self._spool:
            self._hold(self._from_disk())
        else:
            self._hold(self._rest)
            self._rest.clear()
        if not self._is_spilling():
            self._held.clear()
            self._spooled, self._kept_bytes = None, 0

    def _from_disk(self) -> list[Item]:
        try:
            stored = cast(list[Item | Held], self._spool.take())
        except OSError:
            return [self._spooled] if self._spooled else []
        return [self._held[item.number] if isinstance(item, Held) else item for item in stored]


def lost(count: int) -> Lost:
    now = datetime.now(UTC)
    return Lost(count, now, now)


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
