"""The system's socket of a connection, for options of which event loops know nothing."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER for no time at all


@contextmanager
def system_socket(transport: asyncio.Transport) -> Iterator[socket.socket | None]:
    """None for a connection without one, or of another family than TCP's."""
    known = transport.get_extra_info("socket")
    if known is None or known.family not in (socket.AF_INET, socket.AF_INET6):
        yield None
        return
    bare = socket.socket(fileno=known.fileno())  # the loop's object for the socket takes no options
    try:
        yield bare
    finally:
        bare.detach()


def cut(transport: asyncio.Transport) -> None:
    """Ends a connection so that the other side sees it broken.

    A mere close would end an answer to HTTP/1.0, which has no length, as it ends when it is complete; nginx asks so.
    """
    with suppress(OSError), system_socket(transport) as bare:
        if bare is not None:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()
