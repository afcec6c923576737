"""The one way out: the filter means the same in SQL and in Python; pages are exact and bounded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs import levels
from jobs.models import STREAMS, EntryRecord, Job, LogEntry
from jobs.queries import EVERYTHING, PAGE_BYTES, START, Filter, Log, Position
from jobs.queries.cursors import newest_position
from jobs.queries.entry_fields import FieldValue
from jobs.queries.known_counts import from_index
from jobs.queries.long_reads import in_turns
from jobs.recording import NewEntry, append
from jobs.storable import storable_text
from tests.factories import NOON, append_lines, make_job, make_step

pytestmark = pytest.mark.django_db

# Few characters, so that searches hit: wildcards, the escape, letters that only Unicode folds together.
TRICKY = "%_\\aAkK\u212aIi\u0130\u0131sS\u017fßéÉ'\"\n 🙂"
tricky_text = st.text(st.sampled_from(TRICKY), max_size=6) | st.text(max_size=8).map(storable_text)
moments = st.sampled_from([NOON + timedelta(microseconds=n) for n in (-1_000_000, -1, 0, 1, 500_000, 1_000_000)])

# Values that look alike in JSON, and names that lie side by side or within each other.
alike = st.sampled_from(
    [7, "7", 7.0, "7.0", True, "true", 1e20, 2**53 + 1, -0.0, None, "null", 'é\\"\n', [7], {"b": 7}]
)
few_names = st.sampled_from(["a", "b", "é 🙂", "a.b", "b.a", "0", "$"])
members = st.dictionaries(few_names, alike | st.dictionaries(few_names, alike, max_size=2) | tricky_text, max_size=3)
asked_fields = st.builds(
    FieldValue,
    st.sampled_from(["a", "b", "é 🙂", "a.b", "b.a", "a.b.b", "a.é 🙂", "a.0", "$"]),
    st.sampled_from(["7", "7.0", "true", "1e20", str(2**53 + 1), "-0.0", "null", 'é\\"\n', "[7]"]) | tricky_text,
)
sources = st.sampled_from(["", "app", "app.db", "App.db", "é"])

entries = st.lists(
    st.tuples(
        tricky_text,
        st.sampled_from(list(levels.NUMBERS)),
        st.sampled_from(STREAMS),
        moments,
        st.booleans(),
        sources,
        st.none() | members,
    ),
    min_size=1,
    max_size=8,
)
conditions = {
    "source": sources,
    "fields": st.lists(asked_fields, min_size=1, max_size=2).map(tuple),
    "level": st.sampled_from(list(levels.NAMES)),
    "stream": st.sampled_from(STREAMS),
    "search": tricky_text,
    "from_time": moments,
    "to_time": moments,
    "first_line": st.integers(1, 9),
    "last_line": st.integers(1, 9),
    "outside_steps": st.just(True),
}
# One or two at a time: with all of them together hardly anything would match.
filters = st.lists(st.sampled_from(list(conditions)), min_size=1, max_size=2, unique=True).flatmap(
    lambda names: st.builds(Filter, **{name: conditions[name] for name in names})
)
searches = st.builds(Filter, search=tricky_text)


def lines(records: list[EntryRecord]) -> list[int]:
    return [record.line for record in records]


def matching_in_python(everything: list[EntryRecord], wanted: Filter) -> list[EntryRecord]:
    matches = wanted.matcher()
    return [record for record in everything if matches is None or matches(record)]


def plain(*messages: str) -> list[tuple[Any, ...]]:
    return [(message, "info", "stdout", NOON, False, "", None) for message in messages]


@given(entries, filters | searches, st.booleans(), st.booleans())
@example(plain("10%", "10x"), Filter(search="0%"), False, False)
@example(plain("a_b", "axb"), Filter(search="A_B"), False, False)
@example(plain("a\\b", "ab"), Filter(search="\\"), False, False)
@example(plain("273 \u212a", "k"), Filter(search="k"), False, False)
@example(plain("İ", "i"), Filter(search="i"), False, False)
@example(plain("É"), Filter(search="é"), False, False)
def test_a_filter_gives_the_same_entries_in_sql_and_in_python(
    contents: list[tuple[Any, ...]], wanted: Filter, of_step: bool, of_job: bool
) -> None:
    before = newest_position(None, 0)  # the entries of earlier examples are still there, more than a page
    job, other = make_job(), make_job("other")
    step = make_step(job)
    for message, level, stream, timestamp, in_step, source, fields in contents:
        append(job, [NewEntry(message, level, timestamp, step if in_step else None, stream, source, fields)])
        append(other, [NewEntry(message, level, timestamp, None, stream, source, fields)])
    everything = Log(job.pk).after(START).records
    wanted = Filter(
        **{name: getattr(wanted, name) for name in wanted.__slots__} | {"step": step.pk if of_step else None}
    )
    assert Log(job.pk, wanted).after(START).records == matching_in_python(everything, wanted)
    of_all = Filter(**{name: getattr(wanted, name) for name in wanted.__slots__} | {"job": job.pk if of_job else None})
    assert Log(None, of_all).after(before).records == matching_in_python(Log(None).after(before).records, of_all)


@pytest.mark.parametrize(
    ("search", "found"),
    [("disk", [1, 2]), ("DISK", [1, 2]), ("100%", [2]), ("_", [3]), ("%", [2]), ("é", [4]), ("É", []), ("\u212a", [])],
)
def test_a_search_is_a_plain_substring_whatever_the_case_of_ascii(job: Job, search: str, found: list[int]) -> None:
    append_lines(job, ["Disk full", "disk at 100%", "a_b", "café k"])
    wanted = Filter(search=search)
    assert lines(Log(job.pk, wanted).after(START).records) == found
    assert lines(matching_in_python(Log(job.pk).after(START).records, wanted)) == found


FIELDS = [
    {"shop": 7},
    {"shop": "7"},
    {"shop": 7.0},
    {"shop": {"id": 7}, "done": True},
    {"shop.id": 'é"'},
    {"é": 7},
    None,
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([("shop", "7")], [1, 2]),
        ([("shop", "7.0")], [3]),
        ([("shop.id", "7")], [4]),
        ([("shop.id", "7"), ("done", "true")], [4]),
        ([("shop.id", "7"), ("done", "false")], []),
        ([("shop.id", 'é"')], [5]),
        ([("é", "7")], [6]),
        ([("shop", '{"id":7}')], []),
    ],
)
@pytest.mark.parametrize("way", ["appended", "saved", "bulk"])
def test_a_field_has_a_value_as_json_shows_it(
    job: Job, way: str, asked: list[tuple[str, str]], found: list[int]
) -> None:
    if way == "appended":
        append(job, [NewEntry("", fields=fields) for fields in FIELDS])
    elif way == "bulk":
        LogEntry.objects.bulk_create([LogEntry(job=job, fields=fields) for fields in FIELDS])
    else:
        for fields in FIELDS:
            LogEntry(job=job, fields=fields).save()
    wanted = Filter(fields=tuple(FieldValue(*each) for each in asked))
    assert lines(Log(job.pk, wanted).after(START).records) == found
    assert lines(matching_in_python(Log(job.pk).after(START).records, wanted)) == found


def test_both_ends_of_a_range_belong_to_it(job: Job) -> None:
    for microseconds in (-1, 0, 1, 2):
        append_lines(job, 1, timestamp=NOON + timedelta(microseconds=microseconds))
    times = Filter(from_time=NOON, to_time=NOON + timedelta(microseconds=1))
    for wanted in (times, Filter(first_line=2, last_line=3)):
        assert lines(Log(job.pk, wanted).after(START).records) == [2, 3]
        assert lines(matching_in_python(Log(job.pk).after(START).records, wanted)) == [2, 3]


def test_a_level_means_this_or_above(job: Job) -> None:
    append(job, [NewEntry("", level) for level in levels.NUMBERS])
    assert lines(Log(job.pk, Filter(level=levels.WARN)).after(START).records) == [3, 4, 5]


@pytest.fixture
def log(job: Job) -> Log:
    """Ten lines, of which the even ones are warnings, and a job that writes in between."""
    other = make_job("other")
    for number in range(1, 11):
        append_lines(job, [str(number)], level="info" if number % 2 else "warn")
        append_lines(other, 1)
    return Log(job.pk)


def place(log: Log, line: int) -> Position:
    [record] = log.after(Position(line - 1, 0), limit=1).records if log.key == "line" else []
    return Position(record.line, record.id)


def test_after_gives_the_next_in_order(log: Log) -> None:
    page = log.after(place(log, 3), limit=4)
    assert (lines(page.records), page.has_more) == ([4, 5, 6, 7], True)
    assert lines(log.after(place(log, 8)).records) == [9, 10]
    assert log.after(place(log, 10)) == ([], False)


def test_after_stops_at_its_end(log: Log) -> None:
    assert lines(log.after(place(log, 3), place(log, 6)).records) == [4, 5, 6]


def test_last_gives_the_newest_oldest_first(log: Log) -> None:
    page = log.last(3)
    assert (lines(page.records), page.has_more) == ([8, 9, 10], True)
    assert (lines(log.last(10).records), log.last(10).has_more) == (list(range(1, 11)), False)
    assert lines(log.last(2, end=place(log, 5)).records) == [4, 5]


def test_before_last_is_where_the_last_begin(log: Log) -> None:
    assert log.before_last(3) == place(log, 7)
    assert log.before_last(10) == START
    assert log.before_last(2, place(log, 5)) == place(log, 3)
    assert log.before_last(0, place(log, 5)) == place(log, 5)


def test_an_offset_counts_from_the_first_that_matches(log: Log) -> None:
    warnings = Log(log.job_id, Filter(level=levels.WARN))
    assert lines(in_turns(from_index(log, 8, 5), 0).records) == [9, 10]
    assert lines(in_turns(from_index(warnings, 1, 2), 0).records) == [4, 6]
    assert in_turns(from_index(warnings, 5, 2), 0).records == []


def test_has_up_to_and_count_look_at_what_matches(log: Log) -> None:
    warnings = Log(log.job_id, Filter(level=levels.WARN))
    assert (warnings.has_up_to(place(log, 1)), warnings.has_up_to(place(log, 2))) == (False, True)
    assert (warnings.count(), warnings.count(place(log, 4)), log.count()) == (5, 2, 10)


def test_the_place_before_the_first_entry_has_nothing_before_it(log: Log) -> None:
    nowhere = Position(-1, -1)
    assert log.last(5, end=nowhere) == ([], False)
    assert (log.has_up_to(nowhere), log.count(nowhere)) == (False, 0)


def test_the_log_of_all_jobs_is_in_the_order_of_ids(log: Log) -> None:
    page = Log(None).after(START)
    assert [record.id for record in page.records] == sorted(record.id for record in page.records)
    assert [record.line for record in page.records[:4]] == [1, 1, 2, 2]


def test_a_page_ends_at_a_mebibyte_and_holds_one_entry_at_least(job: Job) -> None:
    append_lines(job, ["x" * (PAGE_BYTES * 6 // 10), "y" * (PAGE_BYTES * 6 // 10), "z" * PAGE_BYTES])
    log = Log(job.pk)
    for line in (1, 2, 3):
        page = log.after(Position(line - 1, 0))
        assert (lines(page.records), page.has_more) == ([line], line < 3)
    newest = log.last(3)
    assert (lines(newest.records), newest.has_more) == ([3], True)


def test_coloured_originals_and_fields_count_as_bytes_of_a_page(job: Job) -> None:
    big = "x" * (PAGE_BYTES * 4 // 10)
    append_lines(job, ["\x1b[1m" + big] * 2)
    append_lines(job, [""] * 3, fields={"big": big})
    assert lines(Log(job.pk).after(START).records) == [1]
    assert lines(Log(job.pk).after(Position(2, 0)).records) == [3, 4]


def test_a_page_takes_as_many_queries_for_many_entries_as_for_one(
    job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    steps = [make_step(job, name) for name in ("one", "two", "three")]
    for step in steps:
        append_lines(job, 300, step=step)
    with django_assert_max_num_queries(3):  # the entries, the job's name, the steps' names
        assert {record.step_name for record in Log(job.pk).last(1000).records} == {"one", "two", "three"}


def plan(job: Job, wanted: Filter = EVERYTHING) -> str:
    log = Log(job.pk, wanted)
    return log.between(START, Position(1_000, 1_000)).order_by(f"-{log.order}").explain()


def test_the_warnings_of_a_job_are_found_by_their_own_small_index(job: Job) -> None:
    assert "USING INDEX quaero_entry_notable (job_id=? AND line<?)" in plan(job, Filter(level=levels.WARN))
    assert "quaero_entry_notable" in plan(job, Filter(level=levels.FATAL, search="x"))
    assert "quaero_entry_notable" not in plan(job, Filter(level=levels.INFO))


def test_no_page_sorts(job: Job) -> None:
    step = make_step(job)
    wanted = [Filter(), Filter(step=step.pk), Filter(level=levels.ERROR), Filter(search="x"), Filter(stream="stderr")]
    assert not [each for each in wanted if "TEMP B-TREE" in plan(job, each)]


def test_a_step_is_found_by_its_own_index(job: Job) -> None:
    assert "USING INDEX quaero_entry_step (step_id=? AND id<?)" in plan(job, Filter(step=make_step(job).pk))
