"""What somebody sends who keeps to no rule, byte by byte."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from dataclasses import dataclass

DEADLINE_S = 60.0


@dataclass
class Answer:
    status: int
    text: str

    @classmethod
    def of(cls, data: bytes) -> Answer:
        words = data.split(b" ", 2)
        return cls(int(words[1]) if len(words) > 1 else 0, data.decode("utf-8", "replace"))


class Stranger:
    """A connection of its own."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)

    def send(self, data: bytes) -> Stranger:
        """As much of it as is taken: whoever is refused is not heard to the end."""
        with suppress(ConnectionError):
            self.socket.sendall(data)
        return self

    def answer(self) -> Answer:
        """The answer, which has a length or ends with the connection; status 0 when there was none."""
        data = b""
        with suppress(ConnectionError):
            while not is_whole(data) and (part := self.socket.recv(65536)):
                data += part
        self.socket.close()
        return Answer.of(data)


def is_whole(data: bytes) -> bool:
    start, end, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", start)
    return bool(end) and length is not None and len(body) >= int(length[1])


def head(start: str, **headers: str) -> bytes:
    lines = [
        f"{start} HTTP/1.1",
        "Host: localhost",
        *(f"{name.replace('_', '-')}: {headers[name]}" for name in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def asked(port: int, data: bytes) -> Answer:
    return Stranger(port).send(data).answer()
