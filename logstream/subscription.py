"""One client's place in a feed: a bounded queue, of which only the fact remains when it overflows (promise S4)."""

from __future__ import annotations

import asyncio
from collections import deque

from jobs.queries import START, Position
from jobs.queries.cursors import CursorReset
from jobs.terms.sizes import MIB
from logstream.frames import Frame
from logstream.outlet import Outlet, Rest

MAX_QUEUED_BYTES = 4 * MIB


class Overflowed(Exception):
    """The client fell behind and its queue was dropped. It must catch up from the database."""


class Closed(Exception):
    """The server stops, or the feed failed: the client is to reconnect. Or its stream ends with `last_words`."""


class Subscription:
    """The queue between a feed and one client. All methods are called on the loop."""

    __slots__ = (
        *("_bytes", "_capacity", "_frames", "_reset", "_waiter"),
        *("is_closed", "is_lagging", "last_words", "outlet", "position"),
    )

    def __init__(self, capacity: int, outlet: Outlet | None = None) -> None:
        """With an `outlet`, the feed writes while the client's task waits for frames."""
        self._capacity = capacity
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[Rest | None] | None = None  # of the client's task, while it waits for a frame
        self.outlet = outlet
        self.position: Position = START  # of the client, after the frames that it has taken
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
        if self.outlet is None or self.is_lagging:  # else the feed's round comes to it
            self._wake()

    def write_out(self) -> None:
        """Writes the queued frames, if the client's task waits for them, which means that all before is written.

        The task itself takes the last frame, and waits for a connection that is full.
        """
        while self._frames and self.outlet is not None and self._waiter is not None and not self._waiter.done():
            if self._frames[0].is_last:
                self._wake()
                return
            try:
                rest = self.outlet.write(self._take())
            except Exception as error:  # as if the task had written it
                self._waiter.set_exception(error)
                return
            if rest is not None:
                self._waiter.set_result(rest)

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
                return self._take()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                rest = await self._waiter
            finally:
                self._waiter = None
            if rest is not None:
                await rest

    def _take(self) -> Frame:
        frame = self._frames.popleft()
        self._bytes -= len(frame.data)
        self.position = frame.end
        return frame

    def _drop(self) -> None:
        self._frames.clear()
        self._bytes = 0
        self.is_lagging = True

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
