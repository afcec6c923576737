"""uvicorn's HTTP protocol with bounds on what a client may send and for how long it may take.

httptools keeps a head that has not ended for as long as it comes, at a cost that grows with its square, and
uvicorn waits for ever for what does not come. Neither costs anything while a response goes out: a stream of
events passes none of this.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from jobs import refused_requests
from quaero.http.connections import Connections, most_connections

MAX_HEAD_BYTES = 64 * 1024
HEAD_WITHIN_S = 20.0
BODY_WINDOW_S = 20.0
BODY_BYTES_PER_WINDOW = 10 * 1024  # half a kilobyte a second: a slow line has that, and a client that stalls has not
MOST_AHEAD = 16  # requests on one connection that wait for the answers to those before them
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


class TooManyAhead(Exception):
    """No browser sends so many requests without waiting for an answer."""


class HttpDoor(HttpToolsProtocol):
    """Answers 431, 408, 400 and 503 itself and closes; all else is uvicorn's."""

    room: Connections | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if HttpDoor.room is None:
            HttpDoor.room = Connections(most_connections())
        self.here = HttpDoor.room
        self.in_head = True
        self.head_bytes = 0
        self.waits_since = 0.0
        self.body_bytes = 0  # of this window
        self.silent_bytes = 0  # of a body, that were no part of it: trailers and what chunks say about themselves
        self.is_refused = False
        self.answering: RequestResponseCycle | None = None  # `cycle` is the one that was read last

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
        if self.is_refused:
            return
        self._unset_keepalive_if_required()
        try:
            while self.in_head and self.head_bytes + len(data) > MAX_HEAD_BYTES:
                room = MAX_HEAD_BYTES - self.head_bytes
                self.feed(data[:room])
                data = data[room:]
                if self.in_head and self.head_bytes >= MAX_HEAD_BYTES:
                    self.refuse(431)
                    return
            self.feed(data)
        except httptools.HttpParserError:
            self.refuse(400)

    def feed(self, data: bytes) -> None:
        if self.in_head:
            self.head_bytes += len(data)
            if self not in self.here.heads:
                self.await_head()  # the first bytes of a further request
        else:
            self.silent_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.count(refused_requests.UPGRADE)  # answered as if it had not been asked for
        if self.silent_bytes > MAX_HEAD_BYTES and not self.in_head:
            self.refuse(431)

    # What the parser tells.

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MOST_AHEAD:
            raise TooManyAhead  # comes out of the parser as an error of its own
        self.in_head = False
        self.wait_no_more()
        super().on_headers_complete()
        if not self.pipeline:
            self.answering = self.cycle
        self.silent_bytes = self.body_bytes = 0
        self.waits_since = self.loop.time()
        self.here.bodies[self] = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # else it follows a body, where nobody reads it any more
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self.silent_bytes = 0
        self.body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.in_head = True
        self.head_bytes = 0
        self.wait_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.answering = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()
        if self in self.here.bodies:  # answered before it was read: the rest is passed over, for a moment
            self.wait_no_more()
            self.loop.call_later(LINGER_S, self.close_unless_read, self.cycle)
        elif self.in_head and not self.pipeline:
            self.await_head()

    def close_unless_read(self, cycle: object) -> None:
        if self.cycle is cycle and not self.in_head:
            self.close()

    # Waiting for the client.

    def pause_writing(self) -> None:
        self.here.answers[self] = None
        super().pause_writing()

    def resume_writing(self) -> None:
        self.here.answers.pop(self, None)
        super().resume_writing()

    def await_head(self) -> None:
        self.waits_since = self.loop.time()
        self.here.heads[self] = None

    def wait_no_more(self) -> None:
        self.here.heads.pop(self, None)
        self.here.bodies.pop(self, None)

    def is_overdue(self, now: float) -> bool:
        if self.flow.read_paused:  # it is the client that waits
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
        if self.in_head and not self.head_bytes:
            self.close()  # nothing was asked
        else:
            self.refuse(408)

    def give_way(self) -> None:
        self.count(refused_requests.NO_ROOM)
        self.transport.abort()

    # Ends.

    def refuse(self, status: int) -> None:
        """Answer in place of the application, and close when the client has had time to read it."""
        self.count(COUNTED_AS[status])
        self.is_refused = True
        self.wait_no_more()
        if self.cycle is not None and not self.cycle.response_complete:
            if self.in_head or self.cycle.response_started:
                self.close()  # an answer is on its way: another one in its middle would be read as a part of it
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(answer(status))
        if status == 503:
            self.close()
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.close)

    def count(self, kind: refused_requests.Kind) -> None:
        refused_requests.count(kind, self.client[0] if self.client else "")

    def timeout_keep_alive_handler(self) -> None:
        self.close()

    def close(self) -> None:
        """At the end of what is still to be sent, which a client that does not read cannot put off for ever."""
        self.end_answer()
        if not self.transport.is_closing():
            self.transport.close()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(FLUSH_WITHIN_S, self.transport.abort)

    def end_answer(self) -> None:
        """What is answered just now has nobody any more to write to; uvicorn says so to the request read last alone."""
        if self.answering is not None:
            self.answering.disconnected = True
            self.answering.message_event.set()


def answer(status: int) -> bytes:
    text = REASONS[status].encode() + b"\n"
    headers = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    retry = b"retry-after: 5\r\n" if status == 503 else b""
    return STATUS_LINE[status] + retry + headers % len(text) + text
