"""Promises S1 to S8, seen by a client of one job's stream."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import uuid4

from django.db import transaction

from jobs import levels, lifecycle, recording
from jobs.models import Job, LogEntry
from jobs.queries import Filter, Position
from jobs.queries.entry_fields import FieldValue
from logstream.live import Live
from logstream.news import Changed
from tests.live.conftest import append
from tests.live.sse import lines_of, messages_of, names_of
from tests.live.watching import in_thread, watch_job


async def test_first_status_then_what_is_stored_then_live(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "one", "two")
    watcher = await watch_job(job)
    await in_thread(append, job, "three")
    await watcher.until_lines(3)
    assert names_of(watcher.events)[:3] == ["status", "logs", "logs"]
    assert messages_of(watcher.events) == ["one", "two", "three"]
    await watcher.leave()


async def test_without_since_the_last_entries_come(live_side: Live, job: Job) -> None:
    await in_thread(append, job, *"abcdef")
    watcher = await watch_job(job, limit=2)
    assert messages_of(watcher.events) == ["e", "f"]
    assert watcher.events[-1].data["meta"]["has_more"] is True
    await watcher.leave()


async def test_since_gives_everything_after_it_beyond_the_limit(live_side: Live, job: Job) -> None:
    ids = (await in_thread(append, job, *[str(n) for n in range(2500)])).ids
    watcher = await watch_job(job, since=ids[99], limit=1)
    assert await watcher.until_lines(2400) == list(range(101, 2501))
    await watcher.leave()


async def test_stream_opened_before_the_first_line_begins_empty(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    assert watcher.events[-1].data["logs"] == []
    await in_thread(append, job, "first")
    assert await watcher.until_lines(1) == [1]
    await watcher.leave()


async def test_a_step_that_fails_says_why(live_side: Live, job: Job) -> None:
    step = await in_thread(lifecycle.add_step, job, "load")
    watcher = await watch_job(job)
    await in_thread(partial(lifecycle.finish_step, step, "failed", error="no disk"))
    await watcher.until(
        lambda events: events[-1].name == "status" and events[-1].data["steps"][0]["status"] == "failed"
    )
    assert watcher.events[-1].data["steps"][0]["error"] == "no disk"
    await watcher.leave()


async def test_end_comes_after_the_last_line_and_the_status(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    await in_thread(append, job, "last")
    await in_thread(lifecycle.finish_job, job, "completed", exit_code=0)
    events = await watcher.until_end()
    assert names_of(events)[-3:] == ["logs", "status", "done"]
    assert events[-1].data == {"status": "completed", "exit_code": 0}
    assert watcher.parser.last_id == "done"


async def test_end_that_is_heard_of_before_the_last_lines_comes_after_them(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    live_side.watch.end()
    feed._unsubscribe()  # as if another process wrote
    await in_thread(append, job, "one", "two")
    await in_thread(lifecycle.finish_job, job, "completed")
    before = len(watcher.events)
    feed.notify(Changed(job.pk))
    assert names_of((await watcher.until_end())[before:]) == ["logs", "status", "done"]
    assert lines_of(watcher.events) == [1, 2]


async def test_finished_job_opened_late_gives_entries_status_done(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "one", "two")
    await in_thread(lifecycle.finish_job, job, "failed", exit_code=3)
    watcher = await watch_job(job)
    events = await watcher.until_end()
    assert names_of(events) == ["status", "logs", "status", "done"]
    assert lines_of(events) == [1, 2]


async def test_entries_of_the_same_process_are_taken_without_a_read(
    live_side: Live, job: Job, monkeypatch: object
) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    live_side.watch.wakeups.stop()
    feed._read = None  # type: ignore[attr-defined]  # whoever reads now fails
    await in_thread(append, job, "a", "b")
    await in_thread(append, job, "c")
    assert await watcher.until_lines(3) == [1, 2, 3]
    await watcher.leave()


async def test_signals_out_of_order_lose_and_double_nothing(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    news_items: list[object] = []
    live_side.registry.subscribe(feed.key.topic, news_items.append)
    feed._unsubscribe()
    for number in range(6):
        await in_thread(append, job, str(number))
    async with asyncio.timeout(5):
        while len(news_items) < 6:
            await asyncio.sleep(0)
    for index in (3, 0, 0, 5, 2, 4, 1):
        feed.notify(news_items[index])
    await watcher.until_lines(6)
    feed.notify(news_items[2])
    await in_thread(lifecycle.finish_job, job, "completed")
    feed.notify(None)
    assert lines_of(await watcher.until_end()) == [1, 2, 3, 4, 5, 6]


async def test_gap_before_a_signal_is_read_from_the_database(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    live_side.watch.end()
    news_items: list[object] = []
    live_side.registry.subscribe(feed.key.topic, news_items.append)
    feed._unsubscribe()
    for number in range(3):
        await in_thread(append, job, str(number))
    feed.notify(news_items[2])
    assert await watcher.until_lines(3) == [1, 2, 3]
    await watcher.leave()


async def test_what_a_batch_repeats_is_left_out(live_side: Live, job: Job) -> None:
    ids = (await in_thread(append, job, "one", "two", "three")).ids
    watcher = await watch_job(job, limit=1)
    [feed] = live_side.feeds.values()
    live_side.watch.end()
    news_items: list[object] = []
    live_side.registry.subscribe(feed.key.topic, news_items.append)
    feed._unsubscribe()
    await in_thread(append, job, "four", "five")
    feed.scanned = Position(4, ids[-1] + 1)  # as if "four" had been read already
    feed.notify(news_items[0])
    assert await watcher.until_lines(2) == [3, 5]
    await watcher.leave()


async def test_long_gap_is_read_in_pages(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    live_side.watch.end()
    feed._unsubscribe()
    await in_thread(append, job, *[str(number) for number in range(2500)])
    feed.notify(Changed(job.pk))
    assert await watcher.until_lines(2500) == list(range(1, 2501))
    assert max(len(event.data["logs"]) for event in watcher.events if event.name == "logs") == 1000
    await watcher.leave()


async def test_same_bytes_for_all_clients_of_a_feed(live_side: Live, job: Job) -> None:
    one, two = await watch_job(job), await watch_job(job)
    await in_thread(append, job, "shared")
    await one.until_lines(1)
    await two.until_lines(1)
    [first] = [data for data in one.raw if b"shared" in data]
    assert any(data is first for data in two.raw)
    await one.leave()
    await two.leave()
    assert live_side.feeds == {}


async def test_cursor_of_a_filtered_stream_passes_lines_that_do_not_match(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job, Filter(level=levels.ERROR))
    ids = (await in_thread(append, job, "quiet", "quiet")).ids
    await watcher.until(lambda events: watcher.parser.last_id == str(ids[-1]))
    assert lines_of(watcher.events) == []
    assert watcher.events[-1].data["meta"]["total_count"] == 2
    await watcher.leave()


async def test_counts_are_of_all_and_of_matching_entries(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "bad", level="error")
    watcher = await watch_job(job, Filter(search="BAD"))
    await in_thread(append, job, "good", "bad again")
    await watcher.until_lines(2)
    meta = watcher.events[-1].data["meta"]
    assert (meta["total_count"], meta["displayed_count"]) == (3, 2)
    await watcher.leave()


async def test_a_source_and_fields_are_filtered_live_and_counted(live_side: Live, job: Job) -> None:
    def say(message: str, **fields: object) -> None:
        recording.append(job, [recording.NewEntry(message, source="app.db", fields=fields)])

    await in_thread(say, "stored", shop=7)
    wanted = Filter(source="app.db", fields=(FieldValue("shop", "7"),))
    watcher = await watch_job(job, wanted)
    await in_thread(say, "other", shop=70)
    await in_thread(say, "live", shop="7")
    await in_thread(append, job, "elsewhere")
    await watcher.until(lambda events: events[-1].data.get("meta", {}).get("total_count") == 4)
    assert messages_of(watcher.events) == ["stored", "live"]
    assert watcher.events[-1].data["meta"]["displayed_count"] == 2
    await watcher.leave()


async def test_counts_of_a_step_are_the_steps_own(live_side: Live, job: Job) -> None:
    step = await in_thread(lifecycle.add_step, job, "build")
    await in_thread(append, job, "outside")
    watcher = await watch_job(job, Filter(step=step.pk))
    await in_thread(recording.append, job, [recording.NewEntry("inside", step=step)])
    await watcher.until_lines(1)
    meta = watcher.events[-1].data["meta"]
    assert (meta["total_count"], meta["displayed_count"]) == (1, 1)
    await watcher.leave()


async def test_saved_entry_and_saved_job_reach_the_stream(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    live_side.watch.end()  # the model signals alone must do it
    await in_thread(LogEntry.objects.create, job=job, message="by create")
    await in_thread(LogEntry.objects.bulk_create, [LogEntry(job=job, message="by bulk_create")])
    await watcher.until_lines(2)
    job.name = "renamed"
    await in_thread(job.save)
    await watcher.until(lambda events: events[-1].name == "status" and events[-1].data["job"]["name"] == "renamed")
    assert messages_of(watcher.events) == ["by create", "by bulk_create"]
    await watcher.leave()


async def test_step_that_starts_is_sent_at_once(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    await in_thread(lifecycle.add_step, job, "build")
    await watcher.until(lambda events: events[-1].name == "status" and len(events[-1].data["steps"]) == 1)
    await watcher.leave()


async def test_deleted_job_ends_its_streams_with_reset(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "one")
    watcher = await watch_job(job)
    await in_thread(job.delete)
    events = await watcher.until_end()
    assert (events[-1].name, events[-1].data) == ("reset", {"reason": "deleted"})


async def test_rolled_back_entries_are_never_sent(live_side: Live, job: Job) -> None:
    def write_and_fail() -> None:
        try:
            with transaction.atomic():
                append(job, "ghost")
                raise RuntimeError
        except RuntimeError:
            append(job, "real")

    watcher = await watch_job(job)
    await in_thread(write_and_fail)
    await watcher.until_lines(1)
    assert messages_of(watcher.events) == ["real"]
    await watcher.leave()


async def test_reader_that_stops_reading_holds_no_memory_and_then_gets_everything(live_side: Live, job: Job) -> None:
    live_side.buffer_size = 3
    live_side.batch_interval_s = 0.0
    watcher = await watch_job(job)
    watcher.may_read.clear()
    other = await watch_job(job)
    for number in range(50):
        await in_thread(append, job, f"line {number}")
        await other.until_lines(number + 1)
    assert live_side.lagging_count() == 1
    assert len(watcher.raw) < 10
    watcher.may_read.set()
    assert await watcher.until_lines(50) == list(range(1, 51))
    await in_thread(append, job, "after")
    assert (await watcher.until_lines(51))[-1] == 51
    assert live_side.lagging_count() == 0
    for each in (watcher, other):
        await each.leave()


async def test_page_of_large_lines_is_cut_into_events_of_about_a_mebibyte(live_side: Live, job: Job) -> None:
    for number in range(8):
        await in_thread(append, job, str(number) * 400_000)
    watcher = await watch_job(job)
    assert await watcher.until_lines(8) == list(range(1, 9))
    assert max(len(data) for data in watcher.raw) < 1_200_000
    assert watcher.events[1].data["meta"]["has_more"] is False
    await watcher.leave()


async def test_joining_under_load_loses_and_doubles_nothing(live_side: Live, job: Job) -> None:
    async def write() -> None:
        for number in range(200):
            await in_thread(append, job, f"{number}a", f"{number}b")

    live_side.batch_interval_s = 0.01
    writing = asyncio.create_task(write())
    watchers = []
    while not writing.done():
        watchers.append(await watch_job(job, since=0))
    await writing
    for watcher in watchers:
        assert await watcher.until_lines(400) == list(range(1, 401))
        await watcher.leave()
    assert len(watchers) > 3


async def test_ping_comes_after_quiet_and_carries_the_cursor(live_side: Live, job: Job) -> None:
    live_side.ping_interval_s = 0.05
    ids = (await in_thread(append, job, "one")).ids
    watcher = await watch_job(job)
    ping = await watcher.until_event("ping")
    assert ping.id == str(ids[0])
    await watcher.leave()


async def test_no_feed_stays_when_its_job_is_not_there(live_side: Live, job: Job) -> None:
    job.pk = uuid4()
    watcher_error = None
    try:
        await watch_job(job)
    except AssertionError as error:
        watcher_error = error
    assert "deleted" in str(watcher_error)
    assert live_side.feeds == {}
