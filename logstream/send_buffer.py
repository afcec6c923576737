"""How much of a stream the system keeps for a client that does not take it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

UNSENT_BYTES = 128 * 1024


def bound_unsent(transport: asyncio.Transport) -> None:
    """Lets the connection hold this much that has not gone out; more waits in the log, where it is anyway.

    Without it Linux holds up to 4 MB for each client that stands still. What is on its way, which a far and fast client
    needs much of, is not bounded by this.
    """
    connection = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if connection is None or option is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):
        bare = socket.socket(fileno=connection.fileno())  # the loop's own object for it takes no options
        try:
            bare.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
        finally:
            bare.detach()
