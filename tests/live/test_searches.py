"""Searches in a long log: the lines come first, the count when it is known, and no other client waits."""

from __future__ import annotations

import asyncio

import pytest

from jobs import lifecycle
from jobs.models import Job
from jobs.queries import Filter, long_reads
from jobs.queries.search_turns import turns
from logstream.feeds import matches
from logstream.live import Live
from logstream.registry import job_topic
from logstream.streams import LogRequest, log_stream
from tests.live.conftest import append
from tests.live.sse import lines_of, messages_of, names_of
from tests.live.watching import VIEWER, Watcher, in_thread, watch_job


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WIDTH", "WIDEST", "NARROWEST"):
        monkeypatch.setattr(long_reads, name, 20)
    monkeypatch.setattr(matches, "FEW_ENTRIES", 50)


@pytest.fixture
async def long(job: Job) -> Job:
    await in_thread(append, job, *[f"line {number}" for number in range(400)])
    return job


async def test_the_count_comes_after_the_lines_and_goes_on_with_them(live_side: Live, long: Job) -> None:
    watcher = await watch_job(long, Filter(search="7"), limit=5)
    assert messages_of(watcher.events) == ["line 377", "line 378", "line 379", "line 387", "line 397"]
    expected = sum("7" in str(number) for number in range(400))
    await watcher.until(lambda events: events[-1].data.get("meta", {}).get("displayed_count") == expected)
    await in_thread(append, long, "seven: 7", "eight")
    await watcher.until(lambda events: events[-1].data.get("meta", {}).get("displayed_count") == expected + 1)
    await watcher.leave()


async def test_a_finished_job_ends_when_the_count_has_been_sent(live_side: Live, long: Job) -> None:
    await in_thread(lifecycle.finish_job, long, "completed")
    watcher = await watch_job(long, Filter(search="nowhere"))
    events = await watcher.until_end()
    assert names_of(events)[-1] == "done"
    assert [event for event in events if event.name == "logs"][-1].data["meta"]["displayed_count"] == 0


async def test_streams_without_a_search_do_not_wait_for_those_with_one(live_side: Live, long: Job) -> None:
    held = [turns.ask(99), turns.ask(99)]  # all turns are taken
    try:
        request = LogRequest(job_topic(long.pk), Filter(search="nowhere"), VIEWER, 100)
        searching = Watcher(log_stream(live_side, request))
        await searching.until_event("status")
        other = Watcher(log_stream(live_side, LogRequest(job_topic(long.pk), Filter(), VIEWER, 100)))
        await other.until_event("status")
        await in_thread(append, long, "for all")
        assert searching.task.done() is False
        assert names_of(searching.events) == ["status"]
    finally:
        for _ in held:
            turns.end()
    assert (await other.until_lines(101))[-1] == 401
    await searching.until_event("logs")
    for watcher in (searching, other):
        await watcher.leave()


async def test_a_count_ends_with_its_last_client(live_side: Live, long: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    step = live_side.step

    async def counted_step(user_id: int, reading):  # type: ignore[no-untyped-def]
        nonlocal made
        made += 1
        return await step(user_id, reading)

    monkeypatch.setattr(live_side, "step", counted_step)
    watcher = Watcher(log_stream(live_side, LogRequest(job_topic(long.pk), Filter(search="nowhere"), VIEWER, 100)))
    await watcher.until_event("status")
    await watcher.leave()
    counting = [task for task in asyncio.all_tasks() if "_count_up_to" in repr(task.get_coro())]
    await asyncio.gather(*counting)
    assert made < 40  # of the twenty steps each that the lines and their number would have taken
    assert live_side.feeds == {}


async def test_a_client_that_waits_for_a_turn_gets_pings(live_side: Live, long: Job) -> None:
    live_side.ping_interval_s = 0.001
    watcher = Watcher(log_stream(live_side, LogRequest(job_topic(long.pk), Filter(search="nowhere"), VIEWER, 100)))
    await watcher.until_event("logs")
    pings = [event for event in watcher.events if event.name == "ping"]
    assert [ping.id for ping in pings[:1]] == [None]
    assert lines_of(watcher.events) == []
    await watcher.leave()


async def test_a_stream_that_leaves_while_it_waits_for_its_turn_takes_none(live_side: Live, long: Job) -> None:
    held = [turns.ask(99), turns.ask(99)]
    watcher = Watcher(log_stream(live_side, LogRequest(job_topic(long.pk), Filter(search="x"), VIEWER, 100)))
    await watcher.until_event("status")
    await watcher.leave()
    for _ in held:
        turns.end()
    other = await watch_job(long, Filter(search="nowhere"))  # there are turns left
    await other.leave()
