"""Bounds the bytes that the system keeps for a client that does not read them."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

UNSENT_BYTES = 128 * 1024


def bound_unsent(transport: asyncio.Transport) -> None:
    """Lets the connection hold UNSENT_BYTES that have not been sent; the rest is read from the log later.

    Without it Linux holds up to 4 MB for each client that does not read. Bytes on their way are not bounded by this: a
    far and fast client needs many of them.
    """
    connection = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if connection is None or option is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):
        bare = socket.socket(fileno=connection.fileno())  # the loop's object for the socket takes no options
        try:
            bare.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
        finally:
            bare.detach()
