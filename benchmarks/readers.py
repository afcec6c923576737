"""Clients that follow a job while a writer appends lines, and note how long each line took."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import deque
from uuid import UUID

from clients import open_stream, stream_path

RECORDED_AT = re.compile(rb'"message":"(\d+) ')
STREAMS = 5


class Readers:
    """Read streams in threads of their own and keep how long each line took, with the moment of its arrival."""

    def __init__(self, port: int, token: str, job_id: UUID) -> None:
        self.delays: deque[tuple[float, float]] = deque()
        self.streams = [open_stream(port, stream_path(job_id), token) for _ in range(STREAMS)]
        for stream in self.streams:
            threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream: socket.socket) -> None:
        stream.settimeout(None)
        while data := stream.recv(65536):
            now = time.monotonic_ns()
            for recorded in RECORDED_AT.findall(data):
                self.delays.append((now / 1e9, (now - int(recorded)) / 1e6))

    def between(self, start: float, end: float) -> list[float]:
        return [delay for at, delay in self.delays if start <= at < end]
