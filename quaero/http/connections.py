"""The connections of a web process that wait for their clients, and the bound on their number.

The database needs file descriptors too: if every one of them were a connection, no request could be answered. So there
are fewer connections than descriptors. When all are taken, a new one replaces the one that has waited longest for its
client: clients with a request send it at once.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Protocol

SWEEP_EVERY_S = 1.0
LATE_S = 5.0
RESERVED_AT_MOST = 1024
FEWEST = 16


class WaitingConnection(Protocol):
    """A connection that waits for bytes."""

    def is_overdue(self, now: float) -> bool: ...

    def end_overdue(self) -> None: ...

    def give_way(self) -> None: ...


class ConnectionRoom:
    """The connections that wait for a request's head, for its body, or for the client to read the answer, and the
    number of all connections. The one that has waited longest is first.

    An answer has no time bound: the reader of a stream may have closed the laptop.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.heads: dict[WaitingConnection, None] = {}
        self.bodies: dict[WaitingConnection, None] = {}
        self.answers: dict[WaitingConnection, None] = {}
        self._sweeps = False

    def has_room(self) -> bool:
        """Whether one more connection may stay. When all are taken, it ends one that waits for its client."""
        if self.count <= self.most:
            return True
        for waiting in (self.heads, self.bodies, self.answers):
            for longest in waiting:
                del waiting[longest]
                longest.give_way()
                return True
        return False

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends overdue connections once a second, as long as there are any connections."""
        if not self._sweeps:
            self._sweeps = True
            loop.call_later(SWEEP_EVERY_S, self._sweep, loop, loop.time())

    def _sweep(self, loop: asyncio.AbstractEventLoop, began: float) -> None:
        now = loop.time()
        if now - began < LATE_S:  # else this process was suspended: bytes that came meanwhile must be read first
            for waiting in (self.heads, self.bodies):
                for connection in [each for each in waiting if each.is_overdue(now)]:
                    waiting.pop(connection, None)
                    connection.end_overdue()
        self._sweeps = False
        if self.count:
            self.watch(loop)


def most_connections() -> int:
    """The number of descriptors, less those that the database, pipes and files need."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return 1_000_000
    return max(FEWEST, files - min(RESERVED_AT_MOST, files // 4))
