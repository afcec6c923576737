from __future__ import annotations

import asyncio

import pytest

from logstream.sockets import cut


async def test_a_connection_that_is_cut_looks_broken_and_not_ended() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"the beginning")
        await writer.drain()
        has_written.set()
        await may_cut.wait()
        cut(writer.transport)

    has_written, may_cut = asyncio.Event(), asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
        await has_written.wait()
        assert await reader.readexactly(13) == b"the beginning"
        may_cut.set()
        with pytest.raises(ConnectionResetError):
            await reader.read()
