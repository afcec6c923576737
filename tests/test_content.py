"""A message as it is stored: plain text, its coloured original, and the number of bytes that were cut (D6)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.models import Job, LogEntry
from jobs.models.content import storable_content
from jobs.queries import START, Log
from jobs.recording import NewEntry, append
from jobs.storable import MAX_MESSAGE_BYTES
from tests.factories import append_lines, make_job, stored_messages
from tests.test_storable import any_text, anything

MEBIBYTE = "x" * MAX_MESSAGE_BYTES


def test_plain_text_is_stored_once() -> None:
    assert storable_content("plain", None) == ("plain", None, None)


def test_coloured_text_is_stored_with_its_original() -> None:
    assert storable_content("\x1b[31mred\x1b[0m", None) == ("red", "\x1b[31mred\x1b[0m", None)


def test_a_cut_message_keeps_its_fields_and_has_the_missing_bytes() -> None:
    content = storable_content(MEBIBYTE + "éé", {"host": "a"})
    assert (content.message, content.ansi) == (MEBIBYTE, None)
    assert msgspec.json.decode(content.fields or "") == {"host": "a", "truncated_bytes": 4}


@pytest.mark.django_db
def test_a_line_of_a_mebibyte_is_stored_whole_and_a_longer_one_cut(job: Job) -> None:
    append_lines(job, [MEBIBYTE, MEBIBYTE + "y" * 7])
    whole, longer = LogEntry.objects.order_by("line")
    assert (whole.message, whole.fields) == (MEBIBYTE, None)
    assert (longer.message, longer.fields) == (MEBIBYTE, {"truncated_bytes": 7})


@pytest.mark.django_db
@pytest.mark.parametrize("message", ["", " ", "\t\r\n", "🙂", "שלום עולם", "a‮b", "\x07\x08\x7f"])
def test_odd_text_is_stored_as_it_is(job: Job, message: str) -> None:
    append_lines(job, [message])
    assert stored_messages(job) == [message]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message", "plain", "ansi"),
    [
        ("a\0b", "a�b", None),
        ("a\ud800b", "a�b", None),
        ("\x1b[1mbold", "bold", "\x1b[1mbold"),
        ("\x1b[1mb\0ld", "b�ld", "\x1b[1mb�ld"),
    ],
)
def test_text_that_no_database_takes_is_made_storable(job: Job, message: str, plain: str, ansi: str | None) -> None:
    append_lines(job, [message])
    entry = LogEntry.objects.get()
    assert (entry.message, entry.ansi) == (plain, ansi)


@pytest.mark.django_db
def test_a_name_of_a_job_that_no_database_takes_is_made_storable() -> None:
    job = make_job("a\0b\ud800", attributes={"x\0": float("nan")})
    job.refresh_from_db()
    assert (job.name, job.attributes) == ("a�b�", {"x�": "NaN"})


@pytest.mark.django_db
@given(
    st.lists(st.tuples(any_text, st.none() | st.dictionaries(any_text, anything, max_size=3)), min_size=1, max_size=4)
)
@example([("\ud800", {"\udfff": float("nan")})])  # which is seldom drawn
def test_anything_is_stored_and_can_be_read_and_sent(contents: list[tuple[str, dict[str, object] | None]]) -> None:
    job = make_job()
    append(job, [NewEntry(message, fields=fields) for message, fields in contents])
    records = Log(job.pk).after(START).records
    assert len(msgspec.json.decode(msgspec.json.encode(records))) == len(contents)
    assert [entry.fields is None for entry in LogEntry.objects.filter(job=job).order_by("line")] == [
        fields is None for _, fields in contents
    ]
