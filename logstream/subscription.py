"""One client's place in a feed: a bounded queue, of which only the fact remains when it overflows (promise S4)."""

from __future__ import annotations

import asyncio
from collections import deque

from jobs.queries.cursors import CursorReset
from jobs.terms.sizes import MIB
from logstream.frames import Frame

MAX_QUEUED_BYTES = 4 * MIB


class Overflowed(Exception):
    """The client fell behind and its queue was dropped. It must catch up from the database."""


class Closed(Exception):
    """The server stops, or the feed failed: the client is to reconnect. Or its stream ends with `last_words`."""


class Subscription:
    """The queue between a feed and one client. All methods are called on the loop."""

    __slots__ = ("_bytes", "_capacity", "_frames", "_reset", "_waiter", "is_closed", "is_lagging", "last_words")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self.is_lagging = False
        self.is_closed = False
        self.last_words = b""  # the last bytes for the client when it is closed
        self._reset: CursorReset | None = None

    @property
    def has_frames(self) -> bool:
        """Whether frames are queued for the client, or were dropped."""
        return bool(self._frames) or self.is_lagging or self._reset is not None

    def push(self, frame: Frame) -> None:
        """Queues a frame; never waits, never grows beyond the bounds."""
        if self.is_lagging or self._reset is not None:
            return
        if len(self._frames) >= self._capacity or self._bytes + len(frame.data) > MAX_QUEUED_BYTES:
            self._drop()
        else:
            self._frames.append(frame)
            self._bytes += len(frame.data)
        self._wake()

    def close(self, last_words: bytes = b"") -> None:
        """Closes the stream after `last_words`; frames that are still queued are dropped."""
        if not self.is_closed:
            self.is_closed, self.last_words = True, last_words
            self._wake()

    def reset(self, why: CursorReset) -> None:
        """Makes the client begin anew: entries after those that it has are missing."""
        self._drop()
        self._reset = why
        self._wake()

    def begin_anew(self) -> None:
        """Empties the queue, and queues frames from now on, as a new subscription."""
        self._drop()
        self.is_lagging, self._reset = False, None

    def rejoin(self) -> None:
        """Queues frames again, from now on."""
        self.is_lagging = False

    async def next(self) -> Frame:
        """The next frame. Raises Overflowed, Closed and CursorReset."""
        while True:
            if self.is_closed:
                raise Closed
            if self._reset is not None:
                raise self._reset
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
