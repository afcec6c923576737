"""The wire format, to the byte."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from logstream import events
from tests.live.sse import EventParser


def test_event_has_name_id_and_data() -> None:
    assert events.event("logs", b'{"a":1}', 7) == b'event: logs\nid: 7\ndata: {"a":1}\n\n'


def test_event_without_id_leaves_the_clients_cursor_alone() -> None:
    assert events.event("reset", b"{}") == b"event: reset\ndata: {}\n\n"


def test_retry_is_a_block_of_its_own() -> None:
    assert events.retry(1500) == b"retry: 1500\n\n"


def test_every_line_end_begins_a_new_data_field() -> None:
    assert events.event("x", b"a\r\nb\nc\rd") == b"event: x\ndata: a\ndata: b\ndata: c\ndata: d\n\n"


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_data_comes_out_as_it_went_in(value: object) -> None:
    for indent in (None, 1):
        data = json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            data.decode()
        except UnicodeDecodeError:
            return  # no lone surrogate is ever stored
        [event] = EventParser().feed(events.event("logs", data, "done"))
        assert (event.name, event.id, event.data) == ("logs", "done", json.loads(data))
