"""The bounds around uvicorn's protocol on h11, which comes with uvicorn: for installations without httptools."""

from __future__ import annotations

from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from jobs import refused_requests
from quaero.http.door import MAX_HEAD_BYTES, Cycle, Door


class Reader(h11.Connection):
    """Keeps to itself that what has come is no HTTP: uvicorn would write a line into the log for each stranger."""

    is_malformed = False

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            return super().next_event()
        except h11.RemoteProtocolError:
            self.is_malformed = True
            return h11.NEED_DATA


class H11Door(Door, H11Protocol):
    """h11 reads one request at a time: the next one waits, unread, for the answer to this one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = self.reader = Reader(h11.SERVER, MAX_HEAD_BYTES)

    def cycle_read_last(self) -> Cycle | None:
        return self.cycle

    def feed(self, data: bytes) -> None:
        if self.in_head:
            self.head_bytes += len(data)
        else:
            self.body_bytes += len(data)
        self.conn.receive_data(data)
        self.handle_events()

    def handle_events(self) -> None:
        super().handle_events()
        if self.is_refused:
            return
        self.answering = self.cycle if self.cycle is not None and not self.cycle.response_complete else None
        if self.reader.is_malformed:
            self.in_head = self.answering is None or not self.cycle.more_body
            self.refuse(400)
        elif self.conn.their_state is h11.IDLE:
            if self not in self.here.heads:
                self.begin_head(len(self.conn.trailing_data[0]))
        elif self.conn.their_state is not h11.SEND_BODY:
            self.in_head, self.head_bytes = True, 0  # of the next, which is not to be read yet
            self.wait_no_more()
        elif self.in_head:
            self.in_head = False
            self.wait_no_more()
            self.await_body()

    def begin_head(self, there: int) -> None:
        """`there`: how many bytes of it have come."""
        self.in_head, self.head_bytes = True, there
        self.wait_no_more()
        self.await_head()

    def on_response_complete(self) -> None:
        is_read = self not in self.here.bodies
        super().on_response_complete()
        if not is_read:
            self.pass_rest_over()

    def _unsupported_upgrade_warning(self) -> None:
        self.count_refusal(refused_requests.UPGRADE)

    def shutdown(self) -> None:
        if self.is_refused:
            self.close()
        else:
            super().shutdown()
