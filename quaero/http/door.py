"""What a client may send, and for how long it may take: bounds around uvicorn's HTTP protocols.

uvicorn waits for ever for what does not come, and takes as many connections as there are. Neither bound costs anything
while a response goes out: a stream of events passes none of this. How bytes are read is the business of the classes
derived from this one: `httptools_door.py`, and `h11_door.py` where httptools is not installed.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from uvicorn.protocols.http.flow_control import FlowControl

from jobs import refused_requests
from quaero.http.connections import ConnectionRoom, most_connections

MAX_HEAD_BYTES = 64 * 1024
HEAD_WITHIN_S = 20.0
BODY_WINDOW_S = 20.0
BODY_BYTES_PER_WINDOW = 10 * 1024  # half a kilobyte a second: a slow line has that, and a client that stalls has not
LINGER_S = 2.0  # a client that still sends reads its answer only if the connection is not reset under it
FLUSH_WITHIN_S = 20.0

REASONS = {
    400: "This is no HTTP request.",
    408: "The request did not come within its time.",
    431: f"The head of the request is larger than {MAX_HEAD_BYTES // 1024} KiB.",
    503: "All connections of this server are taken.",
}
COUNTED_AS = {
    400: refused_requests.NO_HTTP,
    408: refused_requests.TOO_SLOW,
    431: refused_requests.LARGE_HEAD,
    503: refused_requests.NO_ROOM,
}


class Cycle(Protocol):
    """uvicorn's: one request and its answer."""

    disconnected: bool
    response_started: bool
    response_complete: bool
    message_event: asyncio.Event


class Malformed(Exception):
    """What has come is no HTTP."""


class Door(asyncio.Protocol):
    """Answers 431, 408, 400 and 503 itself and closes; all else is uvicorn's."""

    room: ConnectionRoom | None = None

    # uvicorn's.
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    flow: FlowControl
    client: tuple[str, int] | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if Door.room is None:
            Door.room = ConnectionRoom(most_connections())
        self.here = Door.room
        self.in_head = True
        self.head_bytes = 0
        self.waits_since = 0.0
        self.body_bytes = 0  # of this window
        self.is_refused = False
        self.answering: Cycle | None = None

    @abstractmethod
    def feed(self, data: bytes) -> None:
        """Reads what has come, at most one head of it. Raises Malformed."""

    @abstractmethod
    def cycle_read_last(self) -> Cycle | None: ...

    if TYPE_CHECKING:  # uvicorn's

        def _unset_keepalive_if_required(self) -> None: ...

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.here.count += 1
        if not self.here.has_room():
            self.refuse(503)
            return
        self.await_head()
        self.here.watch(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        self.here.count -= 1
        self.here.answers.pop(self, None)
        self.wait_no_more()
        self.end_answer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feeds the parser, but no more bytes of a head than MAX_HEAD_BYTES."""
        if self.is_refused:
            return
        self._unset_keepalive_if_required()
        try:
            while self.in_head and self.head_bytes + len(data) > MAX_HEAD_BYTES:
                room = MAX_HEAD_BYTES - self.head_bytes
                self.feed(data[:room])
                data = data[room:]
                if self.in_head and self.head_bytes >= MAX_HEAD_BYTES and not self.is_refused:
                    self.refuse(431)
                if self.is_refused:
                    return
            self.feed(data)
        except Malformed:
            self.refuse(400)

    # Waiting for the client.

    def pause_writing(self) -> None:
        self.here.answers[self] = None
        super().pause_writing()

    def resume_writing(self) -> None:
        self.here.answers.pop(self, None)
        super().resume_writing()

    def await_head(self) -> None:
        """Starts the time for the head of the next request."""
        self.waits_since = self.loop.time()
        self.here.heads[self] = None

    def await_body(self) -> None:
        self.body_bytes = 0
        self.waits_since = self.loop.time()
        self.here.bodies[self] = None

    def wait_no_more(self) -> None:
        """Stops the time for a head or a body."""
        self.here.heads.pop(self, None)
        self.here.bodies.pop(self, None)

    def is_overdue(self, now: float) -> bool:
        """Whether the client is late with a head, or too slow with a body (loop time)."""
        if self.flow.read_paused:  # the client is waiting for us
            self.waits_since = now
            return False
        if self.in_head:
            return now - self.waits_since > HEAD_WITHIN_S
        if now - self.waits_since < BODY_WINDOW_S:
            return False
        is_slow = self.body_bytes < BODY_BYTES_PER_WINDOW
        self.waits_since, self.body_bytes = now, 0
        return is_slow

    def end_overdue(self) -> None:
        """Refuses the request that is late; closes a connection without one."""
        if self.in_head and not self.head_bytes:
            self.close()  # there is no request
        else:
            self.refuse(408)

    def give_way(self) -> None:
        """Aborts the connection for a new one."""
        self.count_refusal(refused_requests.NO_ROOM)
        self.transport.abort()

    def pass_rest_over(self) -> None:
        """Of a request that was answered before it was read: for a moment."""
        self.wait_no_more()
        self.loop.call_later(LINGER_S, self.close_unless_read, self.cycle_read_last())

    def close_unless_read(self, cycle: Cycle | None) -> None:
        if self.cycle_read_last() is cycle and not self.in_head:
            self.close()

    # Ends.

    def refuse(self, status: int) -> None:
        """Answers in place of the application, and closes when the client has had time to read the answer."""
        self.count_refusal(COUNTED_AS[status])
        self.is_refused = True
        self.wait_no_more()
        cycle = self.cycle_read_last()
        if cycle is not None and not cycle.response_complete:
            if self.in_head or cycle.response_started:
                self.close()  # an answer is on its way: another one in its middle would be read as a part of it
                return
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(answer(status))
        if status == 503:
            self.close()
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.close)

    def count_refusal(self, kind: refused_requests.Kind) -> None:
        refused_requests.count(kind, self.client[0] if self.client else "")

    def timeout_keep_alive_handler(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes when the remaining bytes are sent, but aborts after FLUSH_WITHIN_S if the client does not read."""
        self.end_answer()
        if not self.transport.is_closing():
            self.transport.close()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(FLUSH_WITHIN_S, self.transport.abort)

    def end_answer(self) -> None:
        """Disconnects the request that is being answered. uvicorn does so only for the request that it read last."""
        if self.answering is not None:
            self.answering.disconnected = True
            self.answering.message_event.set()


def answer(status: int) -> bytes:
    """A whole response with the reason as its text."""
    text = REASONS[status].encode() + b"\n"
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    headers = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    retry = b"retry-after: 5\r\n" if status == 503 else b""
    return line + retry + headers % len(text) + text
