from __future__ import annotations

import asyncio
import socket

from logstream.send_buffer import UNSENT_BYTES, bound_unsent


async def test_a_client_that_does_not_read_costs_no_more_than_the_bound() -> None:
    connected: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set_result(writer.transport)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        transport = await connected
        bound_unsent(transport)
        there = transport.get_extra_info("socket")
        assert there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == UNSENT_BYTES
        for end in (writer, transport):
            end.close()
