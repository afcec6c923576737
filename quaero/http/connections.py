"""Which connections of a web process wait for something of their client's, and how many there may be.

Descriptors are shared with the database: were every one of them a connection, no request could be answered. So
there are fewer connections than descriptors, and when all are taken, the one that has waited longest for its
client gives way to the next: who sends a request does so at once.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Protocol

SWEEP_EVERY_S = 1.0
LATE_S = 5.0
RESERVED_AT_MOST = 1024
FEWEST = 16


class Waiting(Protocol):
    """A connection that waits for bytes."""

    def is_overdue(self, now: float) -> bool: ...

    def end_overdue(self) -> None: ...

    def give_way(self) -> None: ...


class Connections:
    """Those that wait for a request's head, its body, or somebody to take the answer, each in the order in which they
    began to, and the number of all. An answer has no time bound: a reader of a stream may have closed the laptop.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.heads: dict[Waiting, None] = {}
        self.bodies: dict[Waiting, None] = {}
        self.answers: dict[Waiting, None] = {}
        self._sweeps = False

    def has_room(self) -> bool:
        """Whether one more may stay. Where all are taken, one that waits for its client is ended for it."""
        if self.count <= self.most:
            return True
        for waiting in (self.heads, self.bodies, self.answers):
            for longest in waiting:
                del waiting[longest]
                longest.give_way()
                return True
        return False

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look once a second for those whose time is over, as long as there are any."""
        if not self._sweeps:
            self._sweeps = True
            loop.call_later(SWEEP_EVERY_S, self._sweep, loop, loop.time())

    def _sweep(self, loop: asyncio.AbstractEventLoop, began: float) -> None:
        now = loop.time()
        if now - began < LATE_S:  # else it is this process that was away: what came meanwhile is to be read first
            for waiting in (self.heads, self.bodies):
                for connection in [each for each in waiting if each.is_overdue(now)]:
                    waiting.pop(connection, None)
                    connection.end_overdue()
        self._sweeps = False
        if self.count:
            self.watch(loop)


def most_connections() -> int:
    """As many as there are descriptors, but for those that the database, pipes and files need."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return 1_000_000
    return max(FEWEST, files - min(RESERVED_AT_MOST, files // 4))
