"""The stream of everything, and the stream of the list of jobs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jobs import levels, lifecycle
from jobs.models import SERVICE_JOB_ID, Job
from jobs.queries import Filter
from logstream import numbers
from logstream.feeds import jobs
from logstream.live import MOST_SESSIONS, Live
from logstream.registry import SERVICE
from logstream.streams import jobs_stream
from tests.factories import ago
from tests.live.conftest import append
from tests.live.sse import Event, messages_of
from tests.live.watching import VIEWER, Watcher, in_thread, watch_job, watch_service


async def until(watcher: Watcher, name: str, /, **members: Any) -> dict[str, Any]:
    """The data of the first event of this name with these members."""

    def found(events: list[Event]) -> list[dict[str, Any]]:
        return [event.data for event in events if event.name == name and members.items() <= event.data.items()]

    await watcher.until(lambda events: bool(found(events)))
    return found(watcher.events)[0]


async def test_entries_of_all_jobs_come_in_the_order_of_their_ids(live_side: Live, job: Job) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    await in_thread(append, job, "before")
    watcher = await watch_service()
    for number in range(3):
        await in_thread(append, job, f"a{number}")
        await in_thread(append, other, f"b{number}")
    await watcher.until_lines(7)
    assert messages_of(watcher.events) == ["before", "a0", "b0", "a1", "b1", "a2", "b2"]
    assert watcher.events[-1].data["meta"]["total_count"] == 7
    await watcher.leave()


async def test_gap_before_a_signal_is_read_from_the_database(live_side: Live, job: Job) -> None:
    watcher = await watch_service()
    [feed] = live_side.feeds.values()
    live_side.watch.end()
    news_items: list[object] = []
    live_side.registry.subscribe(SERVICE, news_items.append)
    feed._unsubscribe()
    for number in range(3):
        await in_thread(append, job, str(number))
    feed.notify(news_items[2])
    await watcher.until_lines(3)
    assert messages_of(watcher.events) == ["0", "1", "2"]
    await watcher.leave()


async def test_service_job_is_part_of_everything(live_side: Live, job: Job) -> None:
    watcher = await watch_service()
    await in_thread(append, SERVICE_JOB_ID, "from Quaero itself")  # type: ignore[arg-type]
    await watcher.until_lines(1)
    await watcher.leave()


async def test_one_job_and_one_level_can_be_asked_for(live_side: Live, job: Job) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    watcher = await watch_service(Filter(job=job.pk, level=levels.WARN))
    await in_thread(append, other, "not mine", level="error")
    await in_thread(append, job, "too quiet")
    await in_thread(append, job, "mine", level="error")
    await watcher.until_lines(1)
    assert messages_of(watcher.events) == ["mine"]
    meta = watcher.events[-1].data["meta"]
    assert (meta["total_count"], meta["displayed_count"]) == (2, 1)
    await watcher.leave()


async def test_last_entries_of_one_job_in_the_service_log(live_side: Live, job: Job) -> None:
    await in_thread(append, job, *"abc")
    other = await in_thread(lifecycle.create_job, "other")
    await in_thread(append, other, *"xyz")
    watcher = await watch_service(Filter(job=job.pk), limit=2)
    assert messages_of(watcher.events) == ["b", "c"]
    await watcher.leave()


async def test_list_begins_with_its_numbers_and_without_the_service_job(live_side: Live, job: Job) -> None:
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    stats = (await watcher.until_event("job:stats")).data
    assert (stats["total"], stats["by_status"], stats["active_streams"]) == (1, {"running": 1}, 1)
    await watcher.leave()


async def test_created_changed_and_deleted_jobs_are_sent_with_their_revision(live_side: Live, job: Job) -> None:
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    await watcher.until_event("job:stats")
    new = await in_thread(lifecycle.create_job, "new")
    created = await until(watcher, "job:created", name="new")
    await in_thread(lifecycle.start_job, new)
    updated = await until(watcher, "job:updated", id=str(new.pk), status="running")
    assert updated["revision"] > created["revision"]
    await in_thread(new.delete)
    await until(watcher, "job:deleted", id=created["id"])
    await watcher.leave()


async def test_what_a_machine_whose_clock_is_behind_has_changed_is_sent_once(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "WIDE_INTERVAL_S", 0.0)
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    await watcher.until_event("job:stats")
    elsewhere = Job.objects.filter(pk=job.pk)  # an update sends no signal, as that of another process
    await in_thread(lambda: elsewhere.update(name="renamed", revision=7, updated_at=ago(minutes=5)))
    await until(watcher, "job:updated", name="renamed")
    await in_thread(lambda: elsewhere.update(name="again", revision=8, updated_at=ago(minutes=5)))
    await until(watcher, "job:updated", name="again")
    assert [event.data["revision"] for event in watcher.events if event.name == "job:updated"] == [7, 8]
    await watcher.leave()


async def test_counts_of_a_job_that_logs_are_sent(live_side: Live, job: Job) -> None:
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    await watcher.until_event("job:stats")
    await in_thread(append, job, "bad", level="error")
    row = await until(watcher, "job:updated", last_line=1)
    assert row["counts"]["error"] == 1
    await watcher.leave()


async def test_client_that_fell_behind_gets_rows_and_numbers_as_they_are_now(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "QUIET_STATS_INTERVAL_S", 1e9)
    live_side.buffer_size = 1
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    await watcher.until_event("job:stats")
    watcher.may_read.clear()
    names = [f"job {number}" for number in range(4)]
    for name in names:
        await in_thread(lifecycle.create_job, name)
    [stream] = live_side.streams
    [feed] = live_side.feeds.values()
    while not stream.subscription.is_lagging or b'"total":5' not in feed.stats:  # type: ignore[attr-defined]
        await in_thread(lambda: None)
    watcher.may_read.set()
    await watcher.until(lambda events: {event.data.get("name") for event in events} >= set(names))
    await until(watcher, "job:stats", total=5)
    await watcher.leave()


async def test_numbers_follow_a_jobs_status_before_they_are_looked_at_again(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "QUIET_STATS_INTERVAL_S", 1e9)
    watcher = Watcher(jobs_stream(live_side, VIEWER))
    await watcher.until_event("job:stats")
    await in_thread(lifecycle.finish_job, job, "failed")
    await until(watcher, "job:stats", by_status={"failed": 1})
    await in_thread(job.delete)
    await until(watcher, "job:stats", total=0)
    await watcher.leave()


async def test_numbers_have_users_topics_and_start_times(live_side: Live, job: Job) -> None:
    list_watcher = Watcher(jobs_stream(live_side, VIEWER))
    await list_watcher.until_event("job:stats")
    job_watcher = await watch_job(job)
    stats = await until(list_watcher, "job:stats", active_streams=2, active_users=1)
    sessions = stats["active_sessions"]
    assert {(session["user"], session["topic"]) for session in sessions} == {
        ("viewer", "jobs"),
        ("viewer", f"job:{job.pk}"),
    }
    assert all(session["since"].endswith("Z") for session in sessions)
    await job_watcher.leave()
    await until(list_watcher, "job:stats", active_streams=1, active_users=1)
    await list_watcher.leave()


async def test_of_many_streams_the_newest_are_listed(live_side: Live, job: Job) -> None:
    watchers = [await watch_job(job) for _ in range(MOST_SESSIONS + 2)]
    assert len(live_side.sessions) == MOST_SESSIONS
    assert live_side.stream_count == MOST_SESSIONS + 2
    assert live_side.sessions[0].since == max(stream.since for stream in live_side.streams)
    for watcher in watchers:
        await watcher.leave()


async def test_jobs_are_counted_once_for_many_who_ask(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = list[object]()
    monkeypatch.setattr(numbers, "count_jobs", lambda: counted.append(1) or numbers.Numbers({}, {}, 0))
    await asyncio.gather(*(live_side.numbers.current() for _ in range(5)))
    assert len(counted) == 1
