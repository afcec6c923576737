"""The way to a client past its task: a feed writes to the connections of those that wait for it (promise S2).

To wake a task, its generators and Django's for each client and batch took more than the writing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from typing import Any

from asgiref.typing import ASGISendEvent

from logstream.frames import Encoding, Frame

Send = Callable[[ASGISendEvent], Coroutine[Any, Any, None]]

sending: ContextVar[Send | None] = ContextVar("sending", default=None)
"""The ASGI `send` of the request in this context, where the server is known to write without waiting."""


class Rest:
    """What is left of a coroutine that was stepped once, for a task to await."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], awaited: object) -> None:
        """`awaited`: what the coroutine waits for."""
        self._coroutine = coroutine
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self._awaited
            yield from self._coroutine.__await__()
        finally:
            self._coroutine.close()


class Outlet:
    """Writes frames to one client's connection."""

    def __init__(self, send: Send, encoding: Encoding) -> None:
        self._send = send
        self._encode = encoding.encode

    def write(self, frame: Frame) -> Rest | None:
        """Writes a frame at once. Where the connection is full, returns what is left to be awaited."""
        writing = self._send({"type": "http.response.body", "body": self._encode(frame), "more_body": True})
        try:
            return Rest(writing, writing.send(None))
        except StopIteration:
            return None
