"""The histogram of a log has the numbers that counting entry by entry gives, or near ones where it says so."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import levels
from jobs.models import Job, LogEntry
from jobs.queries import Filter, Log
from jobs.queries.pictures import Histogram, counting, histogram_of, moments
from jobs.queries.pictures import histogram as histogram_module
from jobs.queries.pictures.buckets import WIDTHS, Span, buckets_of
from jobs.queries.pictures.counting import remembered
from jobs.recording import NewEntry, append
from tests.factories import NOON, append_lines, make_job, make_step

USER = 7
SECOND = timedelta(seconds=1)


def histogram(job: Job | None, most: int = 60, **conditions: Any) -> Histogram:
    return histogram_of(Log(None if job is None else job.pk, Filter(**conditions)), most, USER)


def sums(found: Histogram) -> dict[str, int]:
    """Entries by level, of those that are there at all."""
    total = Counter[str]()
    for bucket in found.buckets:
        total.update(bucket.counts)
    return dict(+total)


def append_steadily(job: Job, lines: int, every: timedelta = SECOND, level: str = "info", **members: Any) -> None:
    append(job, [NewEntry("x", level, NOON + every * number, **members) for number in range(lines)])


@pytest.fixture
def nothing_is_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histogram_module, "FEW", 0)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC))
ENTRIES = st.lists(st.tuples(MOMENTS, st.sampled_from(list(levels.NUMBERS))), min_size=1, max_size=30)
FILTERS = st.builds(
    Filter,
    level=st.sampled_from([None, levels.WARN, levels.ERROR]),
    from_time=st.none() | MOMENTS,
    to_time=st.none() | MOMENTS,
    stream=st.sampled_from([None, "stdout"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES, log_filter=FILTERS, most=st.integers(1, 200), few=st.sampled_from([0, 20_000]))
def test_it_has_the_numbers_of_a_count_entry_by_entry(
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    entries: list[tuple[datetime, str]],
    log_filter: Filter,
    most: int,
    few: int,
) -> None:
    monkeypatch.setattr(histogram_module, "FEW", few)
    remembered.forget()
    job = make_job()
    append(job, [NewEntry("x", level, at) for at, level in entries])
    found = histogram_of(Log(job.pk, log_filter), most, USER)
    matching = LogEntry.objects.filter(log_filter.condition(), job=job)
    assert found.is_complete
    assert found.total + found.outside == matching.count()
    assert len(found.buckets) <= most
    starts = [datetime.fromisoformat(each) for each in (*(each.start for each in found.buckets), found.end or "")]
    assert {other - one for one, other in pairwise(starts)} == {timedelta(seconds=found.bucket_s or 0)}
    for bucket, (start, end) in zip(found.buckets, pairwise(starts), strict=True):
        inside = matching.filter(timestamp__gte=start, timestamp__lt=end).values_list("level", flat=True)
        assert Counter(inside) == Counter({levels.NUMBERS[name]: n for name, n in bucket.counts.items() if n})


@given(first=MOMENTS, last=MOMENTS, most=st.integers(1, 200))
def test_buckets_hold_the_span_and_are_as_narrow_as_may_be(first: datetime, last: datetime, most: int) -> None:
    span = Span(min(first, last), max(first, last))
    buckets = buckets_of(span, most)
    assert buckets.borders[0] <= span.first < buckets.borders[1]
    assert buckets.borders[-2] <= span.last < buckets.borders[-1]
    assert buckets.last - buckets.first < most
    narrower = WIDTHS[: WIDTHS.index(buckets.width_ms)]
    assert all(span.last - span.first > timedelta(milliseconds=width) * (most - 1) for width in narrower)


def test_times_at_the_ends_of_the_calendar_are_counted(job: Job) -> None:
    for at in (datetime.min, datetime.max, NOON):
        append_lines(job, 1, timestamp=at.replace(tzinfo=UTC))
    assert histogram(job).total == 3


def test_a_log_without_entries_has_no_buckets(job: Job) -> None:
    found = histogram(job)
    assert (found.start, found.end, found.buckets, found.is_complete) == (None, None, [], True)


def test_one_of_a_step_a_family_and_everything(job: Job) -> None:
    step, child = make_step(job), make_job("child", parent=job)
    append_steadily(job, 5, step=step)
    append_steadily(job, 3, level="warn")
    append_steadily(child, 2, level="error")
    assert sums(histogram(job, step=step.pk)) == {"info": 5}
    assert sums(histogram(job, family=job.pk)) == {"info": 5, "warn": 3, "error": 2}
    assert sums(histogram_of(Log(None, Filter(job=child.pk)), 60, USER)) == {"error": 2}
    assert sums(histogram(None)) == {"info": 5, "warn": 3, "error": 2}


@pytest.mark.usefixtures("nothing_is_few")
def test_of_a_long_log_it_reads_a_sample(job: Job) -> None:
    for level, lines in (("debug", 600), ("info", 1800), ("warn", 50)):
        append(job, [NewEntry("x", level, NOON + SECOND * number / 10) for number in range(lines)])
    shuffled = list(LogEntry.objects.filter(job=job).order_by("timestamp").values_list("level", "timestamp"))
    other = make_job("in order")
    append(other, [NewEntry("x", levels.NAMES[level], at) for level, at in shuffled])
    found = histogram(other)
    assert found.is_sampled
    assert found.total == 2450
    assert sums(found)["warn"] == 50
    assert sums(found)["debug"] == pytest.approx(600, rel=0.2)


@pytest.mark.usefixtures("nothing_is_few")
def test_totals_of_a_sample_are_those_of_the_times(job: Job) -> None:
    append_steadily(job, 700)
    exact = histogram(job, search="x")
    found = histogram(job)
    assert (found.is_sampled, exact.is_sampled) == (True, False)
    assert [bucket.counts for bucket in found.buckets] == [bucket.counts for bucket in exact.buckets]
    assert histogram(job, from_time=NOON + SECOND * 100, to_time=NOON + SECOND * 199).total == 100
    assert histogram(job, first_line=11, last_line=20).total == 10


@pytest.mark.usefixtures("nothing_is_few")
def test_a_sample_needs_as_many_queries_for_more_entries(job: Job) -> None:
    append_steadily(job, 2_000)
    with CaptureQueriesContext(connection) as few:
        histogram(job)
    append(job, [NewEntry("x", "info", NOON + SECOND * (2_000 + number)) for number in range(8_000)])
    with CaptureQueriesContext(connection) as more:
        assert histogram(job).is_sampled
    assert len(more) <= len(few) + 8
    assert not [query for query in more if "COUNT" in query["sql"]]


@pytest.mark.usefixtures("nothing_is_few")
def test_times_far_from_all_that_were_looked_at_are_counted_together(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "PROBES", 3)
    append_steadily(job, 100)
    append(job, [NewEntry("x", "info", NOON + timedelta(days=number)) for number in range(1, 31)])
    append(job, [NewEntry("x", "info", NOON + SECOND * (130 + number)) for number in range(171)])
    found = histogram(job, search="x")
    assert (found.total, found.outside) == (271, 30)
    [known] = remembered._known.values()
    assert sum(bucket == counting.FAR_AWAY for bucket in known.counts) == 1
    assert len(known.counts) < 70


@pytest.mark.usefixtures("nothing_is_few")
def test_a_long_log_whose_times_jump_is_counted(job: Job) -> None:
    append_steadily(job, 300)
    append_steadily(job, 300, level="error")
    found = histogram(job)
    assert not found.is_sampled
    assert sums(found) == {"info": 300, "error": 300}


def test_a_count_that_was_given_up_goes_on_with_the_next_request(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histogram_module, "COUNTING_S", 0)
    monkeypatch.setattr("jobs.queries.long_reads.FIRST_WIDTH", 10)
    append_steadily(job, 35)
    totals = [histogram(job, search="x") for _ in range(8)]
    assert not totals[0].is_complete
    assert totals[-1].is_complete
    assert [found.total for found in totals] == sorted(found.total for found in totals)
    assert totals[-1].total == 35


def test_what_is_counted_is_not_counted_again(job: Job) -> None:
    append_steadily(job, 30)
    histogram(job, search="x")
    append_lines(job, ["x"], timestamp=NOON + SECOND * 29)
    with CaptureQueriesContext(connection) as queries:
        assert histogram(job, search="x").total == 31
    counting = [query["sql"] for query in queries if "COUNT" in query["sql"] and "SUBSTR" in query["sql"].upper()]
    assert all('"line" > 30' in sql for sql in counting)


def test_after_deletions_it_is_counted_again(job: Job) -> None:
    append_steadily(job, 30)
    assert histogram(job, search="x").total == 30
    LogEntry.objects.filter(job=job, line__lte=10).prune()
    assert histogram(job, search="x").total == 20


def test_it_says_up_to_which_entry_it_is(job: Job) -> None:
    append_steadily(job, 3)
    newest = LogEntry.objects.latest("id").pk
    for conditions in ({}, {"search": "x"}, {"family": job.pk}):
        assert histogram(job, **conditions).newest_id == newest
