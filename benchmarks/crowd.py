"""Many clients of one stream in one thread. Each of them checks all bytes that it gets.

All clients of a feed get the same bytes. So the bytes are kept once: the first client at a place adds them, and those
of all others are compared with them. After the measurement the kept bytes are read line by line, once.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from typing import IO

from clients import open_stream

RECEIVE_BYTES = 100_000  # below what the allocator maps and unmaps each time
QUIET_S = 1.0  # longer than any interval of the server's, but shorter than that of its pings


class Client:
    """One stream: the number of bytes that it has received, and when."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.end = 0
        self.arrivals: list[tuple[int, int]] = []  # up to which byte, when (monotonic nanoseconds)

    def take(self, data: bytes, now: int, common: bytearray) -> None:
        """Notes received bytes. Raises ValueError when they differ from those of the other clients."""
        start, self.end = self.end, self.end + len(data)
        known = common[start : self.end]
        if known != data:
            if not data.startswith(known) or len(common) >= self.end:
                raise ValueError(f"a stream differs from the others at byte {start}")
            common += data[len(known) :]
        self.arrivals.append((self.end, now))


class Crowd:
    def __init__(self, port: int, path: str, token: str, count: int, encoding: str = "identity") -> None:
        self.common = bytearray()
        self.clients = [Client(open_stream(port, path, token, encoding)) for _ in range(count)]
        self._selector = selectors.DefaultSelector()
        for client in self.clients:
            client.stream.setblocking(False)
            self._selector.register(client.stream, selectors.EVENT_READ, client)

    def settle(self) -> None:
        """Reads until no bytes come any more, and drops them: from here on all clients get the same."""
        while ready := self._selector.select(QUIET_S):
            for key, _ in ready:
                key.data.stream.recv(RECEIVE_BYTES)

    def read_while(self, source: IO[str], deadline_s: float) -> None:
        """Reads until `source` is readable, and then until all streams are quiet and have the same number of bytes."""
        self._selector.register(source, selectors.EVENT_READ)
        self._read_until(lambda: source not in self._selector.get_map(), time.monotonic() + deadline_s)
        self._read_until(self._is_level, time.monotonic() + deadline_s)

    def _read_until(self, is_done: Callable[[], bool], deadline: float) -> None:
        while not is_done():
            self._read(0.5)
            if time.monotonic() > deadline:
                raise TimeoutError("the streams did not get everything in time")

    def _is_level(self) -> bool:
        return not self._read(QUIET_S) and all(client.end == len(self.common) for client in self.clients)

    def _read(self, timeout_s: float) -> int:
        """Reads from each stream once. Returns the number of streams that had bytes."""
        ready = self._selector.select(timeout_s)
        for key, _ in ready:
            if isinstance(key.data, Client):
                data = key.data.stream.recv(RECEIVE_BYTES)
                if not data:
                    raise ConnectionError("a stream ended")
                key.data.take(data, time.monotonic_ns(), self.common)
            else:
                self._selector.unregister(key.fileobj)
        return len(ready)

    def close(self) -> None:
        self._selector.close()
        for client in self.clients:
            client.stream.close()
