"""The one ordered way from the program to the writer thread. Bounded; putting never waits for the database.

No Django here. `deque.append` and `popleft` are atomic, so the way of a record takes no lock at all.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from uuid import UUID

from jobs.background.items import Change, Entry, Flush, Gap, Item, ProgressMade
from jobs.terms.sizes import BATCH_BYTES, BATCH_ITEMS, MIB

MAX_ITEMS = 100_000  # some 40 MB of ordinary records
MAX_CHANGES = 50_000  # beyond those
LARGE_CHARS = 4096  # what is longer is counted: a hundred thousand messages of 1 MiB are too much for any program
MAX_LARGE_CHARS = 64 * MIB
GIVE_WAY_S = 0.0005
NEVER = 1 << 62

own_threads: set[int] = set()
"""Threads that write what others log. What they log themselves is not recorded: that would never end."""


class Queue:
    """Any number of threads put, one takes."""

    def __init__(self, max_items: int = MAX_ITEMS) -> None:
        self.max_items = max_items
        self.start_writer: Callable[[], None] | None = None
        """Called when there is something to take and no writer. Until it is set, things gather."""
        self.is_off = False
        self.renew()

    def renew(self) -> None:
        """Empty, and without a writer: as it is at the start, and in the child of a fork."""
        self._items: deque[Item] = deque()
        self._news = threading.Event()
        self.lock = threading.RLock()  # a signal handler may log while its thread holds it
        self._gaps: dict[UUID, Gap] = {}
        self._large_chars = 0
        self._flushes: set[Future[bool]] = set()
        self._has_writer = False
        self._is_urgent = False
        self._wake_at = 1  # wake the writer when so many are waiting
        self.is_stuck = False
        """The database fails: giving way to the writer would help no thread."""

    def put(self, entry: Entry) -> None:
        """Adds an entry, or counts it as dropped when there is no room."""
        items = self._items
        if (len(items) * 4 >= self.max_items * 3 or len(entry.message) > LARGE_CHARS) and not self._admits(entry):
            return
        items.append(entry)
        if len(items) >= self._wake_at:
            self._wake()

    def put_progress(self, progress: ProgressMade) -> None:
        """Adds it if there is room: there will be more progress."""
        if len(self._items) < self.max_items and not self.is_off:
            self._items.append(progress)
            if len(self._items) >= self._wake_at:
                self._wake()

    def put_change(self, change: Change | Flush) -> None:
        """Adds it, also where there is no room for entries, and wakes the writer at once.

        Only a program that begins jobs by the ten thousand while the database fails loses some of them.
        """
        if self.is_off or (len(self._items) >= self.max_items + MAX_CHANGES and not isinstance(change, Flush)):
            return
        self._items.append(change)
        self._is_urgent = True
        self._wake()

    def flush(self) -> Future[bool]:
        """Done when everything that was put before has been dealt with; at once when there is no writer.

        Its result is whether that is so: False when the database fails meanwhile.
        """
        done: Future[bool] = Future()
        done.set_running_or_notify_cancel()  # a waiter that is cancelled must not cancel it
        is_idle = not self._has_writer and not self._items
        if is_idle or self.start_writer is None or self.is_off or threading.get_ident() in own_threads:
            done.set_result(True)
        else:
            self._flushes.add(done)
            self.put_change(Flush(done))
        return done

    def begin(self, start_writer: Callable[[], None]) -> None:
        """From now on there is a writer when there is something to take, as perhaps there already is."""
        self.start_writer = start_writer
        if self._items:
            self._wake()

    def switch_off(self) -> None:
        """From now on everything is thrown away."""
        self.is_off = True
        self.max_items = 0
        self.renew()

    # The writer's side.

    def wait(self, timeout_s: float, at_least: int = 1) -> None:
        """Returns when so many items are waiting, or something urgent is, or the time is over."""
        self._news.clear()
        self._wake_at = at_least
        # Looked at after `_wake_at` was set: a thread that puts something now either sees that or was seen here.
        if len(self._items) < at_least and not self._is_urgent:
            self._news.wait(timeout_s)
        self._wake_at = NEVER

    def hurry(self) -> None:
        """Ends the writer's waiting."""
        self._is_urgent = True
        self._news.set()

    def take(self) -> list[Item]:
        """The next batch, at most 1,000 items or 1 MiB; empty when there is nothing."""
        items, chars = self._items, 0
        batch: list[Item] = []
        self._is_urgent = False
        while items and len(batch) < BATCH_ITEMS and chars < BATCH_BYTES:
            item = items.popleft()
            if type(item) is Entry:
                chars += len(item.message)
                if len(item.message) > LARGE_CHARS:
                    self._release(len(item.message))
            elif type(item) is Gap:
                with self.lock:
                    self._gaps.pop(item.job, None)
            batch.append(item)
        if items:
            self._is_urgent = True
        return batch

    def is_flushed(self, done: Future[bool]) -> None:
        """Everything before this flush has been dealt with."""
        if done in self._flushes:
            self._flushes.discard(done)
            done.set_result(True)

    def has_failed(self) -> None:
        """The database fails: threads that wait need not wait on."""
        self.is_stuck = True
        while self._flushes:
            self._flushes.pop().set_result(False)

    def __len__(self) -> int:
        return len(self._items)

    def _wake(self) -> None:
        self._wake_at = NEVER  # once is enough
        if not self._has_writer and self.start_writer is not None:
            with self.lock:
                if not self._has_writer:
                    self._has_writer = True
                    self.start_writer()
        self._news.set()

    def _admits(self, entry: Entry) -> bool:
        if self.is_off:
            return False
        if len(self._items) >= self.max_items or not self._reserve(len(entry.message)):
            self._drop(entry)
            return False
        if len(self._items) * 4 >= self.max_items * 3 and not self.is_stuck and not in_event_loop():
            # The writer shares the interpreter with threads that log. Those that do nothing but log would leave it
            # next to nothing, and then lose records that the database could well have taken.
            time.sleep(GIVE_WAY_S)
        return True

    def _reserve(self, chars: int) -> bool:
        if chars <= LARGE_CHARS:
            return True
        with self.lock:
            if self._large_chars + chars > MAX_LARGE_CHARS:
                return False
            self._large_chars += chars
        return True

    def _release(self, chars: int) -> None:
        with self.lock:
            self._large_chars -= chars

    def _drop(self, entry: Entry) -> None:
        """Counts it in the job's gap, which is in the queue after all that was put before."""
        with self.lock:
            gap = self._gaps.get(entry.job)
            if gap is None:
                gap = self._gaps[entry.job] = Gap(entry.job, entry.created, entry.created)
                self._items.append(gap)
            gap.dropped += 1
            gap.until = entry.created
        if len(self._items) >= self._wake_at:
            self._wake()


def in_event_loop() -> bool:
    return asyncio._get_running_loop() is not None


queue = Queue()
"""The queue of this process."""
