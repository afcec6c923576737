"""What a feed sends to all its clients, and how a client gets it: as it is, or gzipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from jobs.queries import Position
from logstream.compression import HEADER, deflated


@dataclass(slots=True)
class Frame:
    """Bytes for the wire, shared by all clients of a feed; `end` is a client's position after them."""

    data: bytes
    end: Position
    is_last: bool = False
    _deflated: bytes | None = field(default=None, init=False, compare=False)

    @property
    def deflated(self) -> bytes:
        """The same as a block of gzip. Made for the first client that wants it, and shared by all."""
        if self._deflated is None:
            self._deflated = deflated(self.data)
        return self._deflated


Part = bytes | Frame
"""Of a stream: what one client alone is sent, or what it is sent with others."""


class Encoding(NamedTuple):
    """How the parts of a client's stream become its bytes."""

    name: str  # as `Content-Encoding` has it
    head: bytes  # before the first part
    encode: Callable[[Part], bytes]


def as_it_is(part: Part) -> bytes:
    return part.data if isinstance(part, Frame) else part


def gzipped(part: Part) -> bytes:
    return part.deflated if isinstance(part, Frame) else deflated(part)


IDENTITY = Encoding("identity", b"", as_it_is)
GZIP = Encoding("gzip", HEADER, gzipped)
