"""uvicorn's HTTP protocol with bounds on the size of requests and on the time that clients may take.

httptools keeps an unfinished head however long it gets, at a cost that grows with its square, and uvicorn waits without
end for bytes that do not come. The bounds cost nothing while a response goes out, so event streams do not pay for them.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from jobs import refused_requests
from quaero.http.connections import ConnectionRoom, most_connections

MAX_HEAD_BYTES = 64 * 1024
HEAD_WITHIN_S = 20.0
BODY_WINDOW_S = 20.0
BODY_BYTES_PER_WINDOW = 10 * 1024  # half a kilobyte a second: a slow line is faster than that
MOST_AHEAD = 16  # requests on one connection that wait for the answers to those before them
LINGER_S = 2.0  # a client that is still sending reads the answer only while the connection is open
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
    """The client sent more requests than MOST_AHEAD without waiting for answers, which no browser does."""


class HttpDoor(HttpToolsProtocol):
    """Answers 431, 408, 400 and 503 itself and closes the connection; the rest is uvicorn's."""

    room: ConnectionRoom | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if HttpDoor.room is None:
            HttpDoor.room = ConnectionRoom(most_connections())
        self.here = HttpDoor.room
        self.in_head = True
        self.head_bytes = 0
        self.waits_since = 0.0
        self.body_bytes = 0  # of this window
        self.silent_bytes = 0  # received with a body but no part of it: trailers and the heads of chunks
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
        """Feeds the parser, but no more bytes of a head than MAX_HEAD_BYTES."""
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
        """Feeds bytes to the parser, and counts those of heads and of chunks without a body."""
        if self.in_head:
            self.head_bytes += len(data)
            if self not in self.here.heads:
                self.await_head()  # the first bytes of a further request
        else:
            self.silent_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.count_refusal(refused_requests.UPGRADE)  # answered like a request without the upgrade
        if self.silent_bytes > MAX_HEAD_BYTES and not self.in_head:
            self.refuse(431)

    # Called by the parser.

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MOST_AHEAD:
            raise TooManyAhead  # the parser raises it on as an HttpParserError
        self.in_head = False
        self.wait_no_more()
        super().on_headers_complete()
        if not self.pipeline:
            self.answering = self.cycle
        self.silent_bytes = self.body_bytes = 0
        self.waits_since = self.loop.time()
        self.here.bodies[self] = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # else it follows a body, where the application does not read it
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
        if self in self.here.bodies:  # answered before all of it was read: the rest is skipped, for LINGER_S
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
        """Starts the time for the head of the next request."""
        self.waits_since = self.loop.time()
        self.here.heads[self] = None

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

    # Ends.

    def refuse(self, status: int) -> None:
        """Answers in place of the application, and closes when the client has had time to read the answer."""
        self.count_refusal(COUNTED_AS[status])
        self.is_refused = True
        self.wait_no_more()
        if self.cycle is not None and not self.cycle.response_complete:
            if self.in_head or self.cycle.response_started:
                self.close()  # an answer is on its way, and the client would read ours as a part of it
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
    headers = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    retry = b"retry-after: 5\r\n" if status == 503 else b""
    return STATUS_LINE[status] + retry + headers % len(text) + text
