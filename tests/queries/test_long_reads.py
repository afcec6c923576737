"""Long readings in steps return the same as one reading, and no step takes long."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.models import Job, LogEntry
from jobs.queries import END, START, Filter, Log, Position, long_reads
from jobs.queries.cursors import CursorReset
from jobs.queries.known_counts import count_up_to, count_within, known_counts
from jobs.queries.log_page import read_page
from jobs.queries.search_turns import Turns
from tests.factories import append_lines
from tests.queries.logs import LOGS, SEARCH, job_among_others

USER = 7


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WIDTH", "WIDEST", "NARROWEST"):
        monkeypatch.setattr(long_reads, name, 10)


@pytest.fixture
def job(db: None) -> Job:
    return job_among_others()


@pytest.mark.parametrize("kind", LOGS)
def test_steps_read_what_one_reading_reads(job: Job, kind: str) -> None:
    log = LOGS[kind](job)
    middle = LogEntry.objects.filter(job=job, line=120).values_list("line", "id").get()
    for start in (START, Position(*middle)):
        for limit in (1, 5, 1000):
            stepped, at_once = (
                long_reads.in_turns(long_reads.after(log, start, END, limit), USER),
                log.after(start, END, limit),
            )
            assert stepped.records == at_once.records
    for end in (END, Position(*middle)):
        for limit in (1, 5, 1000):
            assert long_reads.in_turns(long_reads.last(log, limit, end), USER) == log.last(limit, end=end)
            assert (
                long_reads.in_turns(long_reads.before_last(log, limit, end), USER).id == log.before_last(limit, end).id
            )
        assert long_reads.in_turns(long_reads.has_up_to(log, end), USER) == log.has_up_to(end)


@pytest.mark.parametrize("kind", [kind for kind in LOGS if kind != "counted"])
def test_what_is_counted_in_steps_is_what_there_is_and_is_only_counted_on(job: Job, kind: str) -> None:
    log = LOGS[kind](job)
    for _ in range(2):
        newest = LogEntry.objects.order_by("-id").values_list("id", flat=True)[0]
        assert long_reads.in_turns(count_up_to(log, Position(2**62, newest)), USER) == log.count()
        append_lines(job, ["7", "8"])


def test_a_count_goes_on_where_it_was_left(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    log, end = Log(job.pk, Filter(search=SEARCH)), Position(300, 2**40)
    assert count_within(log, end, USER, seconds=0) is None
    counted: list[int] = []
    count = Log.count

    def noting(self: Log, end: Position, start: Position) -> int:
        counted.append(start.line)
        return count(self, end, start)

    monkeypatch.setattr(Log, "count", noting)
    assert count_within(log, end, USER, seconds=60) == LogEntry.objects.filter(job=job, message__contains="7").count()
    assert counted[0] == 10  # the first step was made the first time


def test_what_was_counted_before_a_deletion_is_not_believed(job: Job) -> None:
    log, end = Log(job.pk, Filter(search=SEARCH)), Position(300, 2**40)
    before = long_reads.in_turns(count_up_to(log, end), USER)
    LogEntry.objects.filter(job=job, line__lte=100).prune()
    assert long_reads.in_turns(count_up_to(log, end), USER) == log.count() < before


def test_counts_are_remembered_of_so_many_filters(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.queries.trails.MOST_REMEMBERED", 3)
    for number in range(9):
        long_reads.in_turns(count_up_to(Log(job.pk, Filter(search=str(number))), Position(300, 2**40)), USER)
    assert len(known_counts._known) == 3


def test_a_page_of_a_long_log_does_not_wait_for_its_count(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.queries.log_page.COUNTING_S", 0)
    log = Log(job.pk, Filter(search=SEARCH))
    pages = [read_page(log, 5) for _ in range(40)]
    assert pages[0].meta.displayed_count is None
    assert pages[-1].meta.displayed_count == log.count()  # each page has counted a little further
    assert all(page.logs == pages[0].logs for page in pages)


@pytest.mark.parametrize("loss", ["prune", "delete"])
def test_a_search_notices_what_goes_while_it_goes_on(job: Job, loss: str) -> None:
    start = Position(*LogEntry.objects.filter(job=job, line=5).values_list("line", "id").get())
    reading = long_reads.after(Log(job.pk, Filter(search="nowhere")), start)
    next(reading)
    if loss == "prune":
        LogEntry.objects.filter(job=job, line__lte=150).prune()
    else:
        job.delete()
    with pytest.raises(CursorReset):
        long_reads.in_turns(reading, USER)


def test_users_take_turns_also_when_one_asks_for_more() -> None:
    turns, order = Turns(1), list[Any]()
    first = turns.ask(0)
    for user in (1, 1, 1, 2):
        turns.ask(user).add_done_callback(lambda _, user=user: order.append(user))
    assert first.done()
    for _ in range(4):
        turns.end()
    assert order == [1, 2, 1, 1]


def test_a_turn_that_is_not_wanted_any_more_goes_to_the_next() -> None:
    turns = Turns(1)
    turns.ask(0)
    given_up, waiting = turns.ask(1), turns.ask(2)
    given_up.cancel()
    turns.end()
    assert waiting.done()


def test_a_step_is_as_wide_as_takes_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert long_reads.next_width(10_000, long_reads.STEP_S) == 10_000
    assert long_reads.next_width(10_000, 10 * long_reads.STEP_S) == 1_000
    assert long_reads.next_width(10_000, 0.0) == 20_000
    assert long_reads.next_width(100, 1e9) == long_reads.NARROWEST
