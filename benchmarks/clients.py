"""Cheap clients of a stream: one socket each, which gives the bytes as they come."""

from __future__ import annotations

import re
import socket
import zlib
from uuid import UUID

PATIENCE_S = 30.0
FIRST_LOGS = b"event: logs\n"
CHUNK_HEAD = re.compile(rb"(?:^|\r\n)[0-9a-f]+\r\n|\r\n$")


def stream_path(job_id: UUID) -> str:
    return f"/api/jobs/{job_id}/logs/stream"


def open_stream(port: int, path: str, token: str, encoding: str = "identity") -> socket.socket:
    """A stream that has sent its stored entries. The server may still be starting; the client waits for it."""
    client = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    client.sendall(request(path, token, encoding))
    received = b""
    while not has_first_logs(received):
        data = client.recv(65536)
        if not data:
            raise ConnectionError(f"the stream ended: {received!r}")
        received += data
        if not received.startswith(b"HTTP/1.1 200"[: len(received)]):
            raise ConnectionError(f"no stream: {received!r}")
    return client


def request(path: str, token: str, encoding: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream", f"Authorization: Bearer {token}"]
    return "\r\n".join([*lines, f"Accept-Encoding: {encoding}", "", ""]).encode()


def has_first_logs(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    if b"content-encoding: gzip" in head.lower():
        body = zlib.decompressobj(wbits=31).decompress(CHUNK_HEAD.sub(b"", body))
    _, found, rest = body.partition(FIRST_LOGS)
    return bool(found) and b"\n\n" in rest
