"""The Server-Sent Events wire format: pure, no I/O.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import re

LINE_END = re.compile(rb"\r\n|\n|\r")


def event(name: str, data: bytes, event_id: int | str | None = None) -> bytes:
    """One event. `data` is UTF-8; each of its lines gets a field of its own, as the format wants it."""
    head = f"event: {name}\n" if event_id is None else f"event: {name}\nid: {event_id}\n"
    return b"%bdata: %b\n\n" % (head.encode(), lines_as_fields(data))


def message(data: bytes, event_id: int) -> bytes:
    """An event without a name, which clients get as `message`."""
    return b"id: %d\ndata: %b\n\n" % (event_id, lines_as_fields(data))


def comment(text: str) -> bytes:
    """What clients pass over; it shows the machines in between that the connection lives."""
    return f": {text}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """How long the client waits before it reconnects."""
    return b"retry: %d\n\n" % milliseconds


def lines_as_fields(data: bytes) -> bytes:
    return LINE_END.sub(b"\ndata: ", data) if b"\n" in data or b"\r" in data else data
