"""A stream that a client has open, and who the client is."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from jobs.credentials import Grounds
from logstream.registry import Topic
from logstream.subscription import Subscription

connection: ContextVar[asyncio.Transport | None] = ContextVar("connection", default=None)
"""Over which the request of this context is answered, where the server lets us see it."""


class Viewer(NamedTuple):
    """Who watches: a user, or a program with a user's token."""

    id: int
    name: str
    grounds: Grounds | None = None  # of the right to; None: it is not lost while the stream is open


class Session(msgspec.Struct):
    """An open stream as it is listed."""

    user: str
    topic: str
    since: str


@dataclass(eq=False)
class OpenStream:
    topic: Topic
    viewer: Viewer
    subscription: Subscription
    since: str  # as on the wire
    is_open: bool = True
    _connection: asyncio.Transport | None = field(default_factory=connection.get)

    @property
    def session(self) -> Session:
        return Session(self.viewer.name, str(self.topic), self.since)

    def end(self, last_words: bytes, cut_after_s: float) -> None:
        """Ends it with these bytes; by force, if it is still open then."""
        if not self.subscription.is_closed:
            self.subscription.close(last_words)
            asyncio.get_running_loop().call_later(cut_after_s, self._cut)

    def _cut(self) -> None:
        if self.is_open and self._connection is not None:
            self._connection.abort()
