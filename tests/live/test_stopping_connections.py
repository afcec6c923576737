"""Which connections are broken off when the process stops."""

from __future__ import annotations

import socket

from logstream.shutdown import Connections


class Transport:
    def __init__(self) -> None:
        self.is_aborted = False
        self._socket = socket.socket()

    def get_extra_info(self, name: str) -> object:
        return self._socket if name == "socket" else None

    def abort(self) -> None:
        self.is_aborted = True
        self._socket.close()


class Sender:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    async def send(self, message: object) -> None: ...


def test_the_connection_of_a_stream_that_has_ended_meanwhile_is_broken_off_too() -> None:
    connections, early, late, before = Connections(), Transport(), Transport(), Transport()
    with connections.held(Sender(before).send):
        pass
    with connections.held(Sender(early).send):
        there = connections.open()
    with connections.held(Sender(late).send):
        connections.abort(there)
    assert (early.is_aborted, late.is_aborted, before.is_aborted) == (True, True, False)
    before.abort()
