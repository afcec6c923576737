"""The queue between the program and the writer: bounded, in order, and never in the way."""

from __future__ import annotations

import asyncio
import logging
import time
from uuid import UUID

import pytest

from jobs.background import process
from jobs.background import queue as queue_module
from jobs.background.items import Entry, Flush, Gap, JobEnded, ProgressMade
from jobs.background.queue import Queue, queue
from jobs.background.storing import Append, plan
from jobs.handlers import QuaeroHandler
from jobs.models import LogEntry
from jobs.tracking import track
from tests.factories import make_job, stored_messages
from tests.tracking.recording import locked_database, logger_to, settled, stored

pytestmark = pytest.mark.django_db(transaction=True)

JOB, OTHER = UUID(int=1), UUID(int=2)


def entry(message: str = "line", job: UUID = JOB) -> Entry:
    return Entry(job, None, 20, time.time(), "stdout", "", message, None)


def ended(job: UUID = JOB) -> JobEnded:
    return JobEnded(job, "completed", None, None, "", time.time())


def test_a_full_queue_drops_and_counts_by_job_where_it_happens() -> None:
    full = Queue(max_items=2)
    for item in [entry("one"), entry("two"), entry("lost"), entry("lost"), entry("lost", OTHER)]:
        full.put(item)
    taken = full.take()
    assert [item.message for item in taken if isinstance(item, Entry)] == ["one", "two"]
    assert [(item.job, item.dropped) for item in taken[2:] if isinstance(item, Gap)] == [(JOB, 2), (OTHER, 1)]


def test_a_gap_that_was_taken_is_not_counted_on() -> None:
    full = Queue(max_items=1)
    for _ in range(3):
        full.put(entry())
    gap = full.take()[1]
    for _ in range(3):
        full.put(entry())
    assert isinstance(gap, Gap)
    assert gap.dropped == 2


def test_a_change_of_state_finds_room_in_a_full_queue() -> None:
    full = Queue(max_items=1)
    for item in [entry(), entry()]:
        full.put(item)
    full.put_change(ended())
    assert [type(item) for item in full.take()] == [Entry, Gap, JobEnded]


def test_even_changes_of_state_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "MAX_CHANGES", 3)
    small = Queue(max_items=1)
    for _ in range(10):
        small.put_change(ended())
    assert len(small) == 4


def test_large_messages_have_a_bound_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "MAX_LARGE_CHARS", 25_000)
    small = Queue()
    for _ in range(3):
        small.put(entry("x" * 10_000))
    assert [type(item) for item in small.take()] == [Entry, Entry, Gap]
    small.put(entry("x" * 10_000))
    assert [type(item) for item in small.take()] == [Entry]


def test_entries_are_written_together_but_never_past_a_change_of_their_job() -> None:
    end, flush = ended(), Flush(Queue().flush())
    items = [entry("1"), entry("a", OTHER), entry("2"), end, entry("late"), entry("b", OTHER), flush]
    works = [[e.message for e in work.entries] if isinstance(work, Append) else work for work in plan(items)]
    assert works == [["1", "2"], ["a", "b"], end, ["late"], flush]


def test_of_progress_the_last_is_written_before_the_job_ends() -> None:
    items = [ProgressMade(JOB, percent) for percent in (1, 2, 3)]
    assert plan([*items, ended()])[:-1] == [ProgressMade(JOB, 3)]


def test_the_number_of_dropped_records_is_in_the_job_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:
        logger.info("first")
        settled()
        monkeypatch.setattr(queue, "max_items", 5)
        with locked_database():
            for number in range(5_000):
                logger.info("%d", number)
        settled()
        logger.info("last")
        settled()
    messages = stored_messages(job)
    gaps = LogEntry.objects.filter(source="quaero").order_by("line")
    assert sum(gap.fields["dropped"] for gap in gaps) == 5_000 - (len(messages) - 2 - len(gaps))
    assert gaps[0].level == 30
    assert gaps[0].message.startswith(f"{gaps[0].fields['dropped']:,} records were dropped, of 20")
    assert gaps[0].fields["from"] < gaps[0].fields["to"]
    assert (messages[0], messages[-1]) == ("first", "last")


def test_waiting_for_nothing_starts_no_writer() -> None:
    def refuse() -> None:
        raise AssertionError("a writer was started")

    idle = Queue()
    idle.begin(refuse)
    assert idle.flush().result(0) is True


def test_where_no_thread_can_be_started_any_more_the_end_of_the_program_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(writer: object) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(process.Writer, "start", refuse)
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:
        logger.info("the last words")
        process.finish()
    assert stored_messages(job) == ["the last words"]


async def test_a_locked_database_stops_no_event_loop(log: logging.Logger) -> None:
    async def work() -> None:
        async with track("nightly"):
            log.info("one")

    with locked_database():
        task = asyncio.create_task(work())
        for _ in range(20):  # of these none would come while the loop stands
            await asyncio.sleep(0.01)
        assert not task.done()
    await task
    assert [m async for m in LogEntry.objects.values_list("message", flat=True)] == ["one"]


@pytest.mark.usefixtures("nobody_waits")
async def test_a_plain_block_in_a_coroutine_does_not_wait(log: logging.Logger) -> None:
    with locked_database(), track("nightly"):
        log.info("one")
    await asyncio.to_thread(settled)
    assert await asyncio.to_thread(lambda: stored_messages(stored("nightly"))) == ["one"]
