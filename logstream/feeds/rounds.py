"""Writes a feed's frames to the clients that wait for them, some at a time, so that the loop gets its turn (S7)."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Iterable

from logstream.subscription import Subscription

SLICE_S = 0.01
WIDEST_INTERVAL_S = 0.3


class Rounds:
    """A round goes to all clients. While one takes more than half of the batch interval, the interval is wider."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Subscription] = deque()
        self._began = 0.0  # loop time
        self._took_s = 0.0  # the last round that is complete

    def interval_s(self, usual_s: float) -> float:
        """From one batch to the next: twice the time of a round, within bounds."""
        return max(usual_s, min(2 * self._took_s, WIDEST_INTERVAL_S))

    def begin(self, clients: Iterable[Subscription]) -> None:
        """Writes what is queued for these clients, soon."""
        is_running = bool(self._waiting)
        self._waiting.extend(client for client in clients if client.outlet is not None)
        if self._waiting and not is_running:
            self._began = self._loop.time()
            self._write_soon()

    def _write_soon(self) -> None:
        self._loop.call_soon(self._write, context=contextvars.Context())

    def _write(self) -> None:
        until = self._loop.time() + SLICE_S
        while self._waiting:
            self._waiting.popleft().write_out()
            if self._loop.time() >= until and self._waiting:
                self._write_soon()
                return
        self._took_s = self._loop.time() - self._began
