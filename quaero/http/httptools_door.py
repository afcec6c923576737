"""The bounds around uvicorn's protocol on httptools, which is the fast one.

httptools keeps a head that has not ended for as long as it comes, at a cost that grows with its square.
"""

from __future__ import annotations

from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from jobs import refused_requests
from quaero.http.door import MAX_HEAD_BYTES, Cycle, Door, Malformed

MOST_AHEAD = 16  # requests on one connection that wait for the answers to those before them


class TooManyAhead(Exception):
    """No browser sends so many requests without waiting for an answer."""


class HttpToolsDoor(Door, HttpToolsProtocol):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.silent_bytes = 0  # of a body, that were no part of it: trailers and what chunks say about themselves

    def cycle_read_last(self) -> Cycle | None:
        return self.cycle

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
            self.count_refusal(refused_requests.UPGRADE)  # answered as if it had not been asked for
        except httptools.HttpParserError as error:
            raise Malformed from error
        if self.silent_bytes > MAX_HEAD_BYTES and not self.in_head:
            self.refuse(431)

    # Called by the parser.

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MOST_AHEAD:
            raise TooManyAhead  # comes out of the parser as an error of its own
        self.in_head = False
        self.wait_no_more()
        super().on_headers_complete()
        if not self.pipeline:
            self.answering = self.cycle
        self.silent_bytes = 0
        self.await_body()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:  # else it follows a body, and uvicorn reads it no more
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
        if self in self.here.bodies:
            self.pass_rest_over()
        elif self.in_head and not self.pipeline:
            self.await_head()
