"""The parts that feeds are put together from, each by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from jobs.models import AppendedBatch
from jobs.models.record import EntryColumns
from logstream.feeds.batches import Taken, take_in_line
from logstream.feeds.job import lines_of
from logstream.feeds.service import ids_of
from logstream.feeds.status_timer import StatusTimer
from logstream.news import Changed

JOB = UUID("6f6d1f0e-9a2b-4c53-8f5e-2f8a0d1b7c11")


def batch(first_line: int, ids: list[int], job: UUID = JOB) -> AppendedBatch:
    count = len(ids)
    texts = [f"id {number}" for number in ids]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    columns = EntryColumns(
        [None] * count, [moment] * count, [20] * count, ["stdout"] * count, [""] * count, texts, [None] * count,
        [None] * count,
    )  # fmt: skip
    return AppendedBatch(job, "job", "running", 1, first_line, ids, (0, count, 0, 0, 0), {}, columns)


def ids_in(taken: Taken) -> list[int]:
    return [record.id for record in taken.records]


def test_batches_in_any_order_are_taken_in_line() -> None:
    news = [batch(3, [8]), batch(1, [5, 6])]
    taken = take_in_line(news, lines_of, 0)
    assert (ids_in(taken), taken.is_complete) == ([5, 6, 8], True)
    assert taken.last.ids == [8]


def test_what_comes_before_a_gap_is_taken_and_the_rest_is_to_be_read() -> None:
    taken = take_in_line([batch(1, [5]), batch(3, [8])], lines_of, 0)
    assert (ids_in(taken), taken.is_complete) == ([5], False)


def test_what_was_taken_before_is_left_out() -> None:
    taken = take_in_line([batch(1, [5, 6]), batch(2, [6, 7])], lines_of, 1)
    assert ids_in(taken) == [6, 7]
    assert take_in_line([batch(1, [5, 6])], lines_of, 2) == Taken([], [], is_complete=True)


def test_ids_between_which_others_have_written_are_a_gap_for_who_counts_in_ids() -> None:
    news = [batch(1, [5, 7])]
    assert not take_in_line(news, ids_of, 4).is_complete
    assert take_in_line(news, lines_of, 0).is_complete


def test_news_without_entries_ask_for_a_reading() -> None:
    assert not take_in_line([batch(1, [5]), Changed(JOB)], lines_of, 0).is_complete


def test_a_status_is_due_at_once_and_then_an_interval_after_the_last() -> None:
    now = 100.0
    timer = StatusTimer(lambda: now)
    assert timer.is_due(1.0)
    timer.restart()
    assert (timer.is_due(0.0), timer.is_due(1.0), timer.due_at(1.0)) == (True, False, 101.0)
    now = 101.0
    assert timer.is_due(1.0)
