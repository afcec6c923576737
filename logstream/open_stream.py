"""A stream that a client has open, and its user."""

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
"""The connection of the request in this context, where the server gives us access to it."""


class Viewer(NamedTuple):
    """The user of a stream; a program is its token's user."""

    id: int
    name: str
    grounds: Grounds | None = None  # None: the right to read does not end while the stream is open


class Session(msgspec.Struct):
    """An open stream in the statistics of the list of jobs: user, topic, and since when (RFC 3339)."""

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
        """Sends these bytes and ends the stream; aborts the connection if it is still open after `cut_after_s`."""
        if not self.subscription.is_closed:
            self.subscription.close(last_words)
            asyncio.get_running_loop().call_later(cut_after_s, self._cut)

    def _cut(self) -> None:
        if self.is_open and self._connection is not None:
            self._connection.abort()
