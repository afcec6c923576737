"""S2, S3: entries since the last batch go to all clients as one event, also when they came in several appends."""

from __future__ import annotations

from jobs import lifecycle
from jobs.models import Job
from logstream.live import Live
from logstream.registry import SERVICE, job_topic
from tests.live.conftest import append
from tests.live.sse import lines_of
from tests.live.watching import Watcher, in_thread, watch_job, watch_service


async def sent_at_once(live: Live, watcher: Watcher, job: Job) -> list[tuple[list[int], int]]:
    """Lines and `total_count` of each `logs` event of three appends of which the feed hears in one turn."""
    [feed] = live.feeds.values()
    live.watch.end()
    news_items: list[object] = []
    live.registry.subscribe(SERVICE if feed.key.topic == SERVICE else job_topic(job.pk), news_items.append)
    feed._unsubscribe()
    before = len(watcher.events)
    for messages in (["1", "2"], ["3"], ["4", "5"]):
        await in_thread(append, job, *messages)
    for batch in news_items:
        feed.notify(batch)
    await watcher.until_lines(6)
    events = [event for event in watcher.events[before:] if event.name == "logs"]
    return [(lines_of([event]), event.data["meta"]["total_count"]) for event in events]


async def test_appends_to_a_job_in_one_turn_are_one_event(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "0")  # ids follow on it: nothing must be read
    watcher = await watch_job(job)
    assert await sent_at_once(live_side, watcher, job) == [([2, 3, 4, 5, 6], 6)]
    await watcher.leave()


async def test_appends_anywhere_in_one_turn_are_one_event(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "0")  # ids follow on it: nothing must be read
    watcher = await watch_service()
    assert await sent_at_once(live_side, watcher, job) == [([2, 3, 4, 5, 6], 6)]
    await watcher.leave()


async def test_first_news_come_at_once_and_further_ones_together(live_side: Live, job: Job) -> None:
    live_side.batch_interval_s = 3600.0
    watcher = await watch_job(job)
    await in_thread(append, job, "1")
    assert await watcher.until_lines(1) == [1]
    await in_thread(append, job, "2")
    await in_thread(append, job, "3")
    await in_thread(lifecycle.finish_job, job, "completed")  # a change of state does not wait for the interval
    events = [event for event in await watcher.until_end() if event.name == "logs"]
    assert [lines_of([event]) for event in events if event.data["logs"]] == [[1], [2, 3]]
