"""Bounds the bytes that the system keeps for a client that does not read them."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from logstream.sockets import system_socket

UNSENT_BYTES = 128 * 1024


def bound_unsent(transport: asyncio.Transport) -> None:
    """Lets the connection hold UNSENT_BYTES that have not been sent; the rest is read from the log later.

    Without it Linux holds up to 4 MB for each client that does not read. Bytes on their way are not bounded by this: a
    far and fast client needs many of them.
    """
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is None:
        return
    with suppress(OSError), system_socket(transport) as bare:
        if bare is not None:
            bare.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
