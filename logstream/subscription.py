"""One client's place in a feed: a bounded queue, and when it overflows only the fact that it did (promise S4)."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from jobs.queries import Position

MAX_QUEUED_BYTES = 4 * 1024 * 1024


class Frame(NamedTuple):
    """Bytes for the wire, shared by all clients of a feed; `end` is how far they bring a client."""

    data: bytes
    end: Position
    is_last: bool = False


class Overflowed(Exception):
    """The client fell behind and its queue was dropped. It must catch up from the database."""


class Closed(Exception):
    """The server goes down, or the feed failed: the client is to come back."""


class Subscription:
    __slots__ = ("_bytes", "_capacity", "_frames", "_waiter", "is_closed", "is_lagging")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self.is_lagging = False
        self.is_closed = False

    @property
    def has_frames(self) -> bool:
        """Whether something is queued for the client, or was and got dropped."""
        return bool(self._frames) or self.is_lagging

    def push(self, frame: Frame) -> None:
        """Queues a frame; never waits, never grows beyond the bounds."""
        if self.is_lagging:
            return
        if len(self._frames) >= self._capacity or self._bytes + len(frame.data) > MAX_QUEUED_BYTES:
            self._drop()
        else:
            self._frames.append(frame)
            self._bytes += len(frame.data)
        self._wake()

    def close(self) -> None:
        self.is_closed = True
        self._wake()

    def rejoin(self) -> None:
        """Queues frames again, from now on."""
        self.is_lagging = False

    async def next(self) -> Frame:
        """The next frame. Raises Overflowed and Closed."""
        while True:
            if self.is_closed:
                raise Closed
            if self.is_lagging:
                raise Overflowed
            if self._frames:
                frame = self._frames.popleft()
                self._bytes -= len(frame.data)
                return frame
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _drop(self) -> None:
        self._frames.clear()
        self._bytes = 0
        self.is_lagging = True

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
