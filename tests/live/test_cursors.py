"""Promise S5: one cursor for what is stored and what is live, and what happens when it is not stored any more."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.test import RequestFactory

from jobs.models import Job, LogEntry
from jobs.queries import Filter
from jobs.validation.query import BadParameter
from logstream.live import Live
from logstream.registry import job_topic
from logstream.requests import JobStreamQuery
from logstream.requests import read_start as start_of_request
from logstream.streams import LogRequest, log_stream
from tests.live.conftest import append
from tests.live.sse import lines_of, names_of
from tests.live.watching import VIEWER, Watcher, in_thread, watch_job, watch_service


def start_of(job: Job, query: str = "", header: str = "") -> tuple[object, str | None]:
    headers = {"Last-Event-ID": header} if header else {}
    request = RequestFactory().get(f"/?{query}", headers=headers)
    return start_of_request(request, job_topic(job.pk), JobStreamQuery.of_url(request.GET).since)


def test_header_wins_over_since(job: Job) -> None:
    ids = append(job, "one", "two").ids
    assert start_of(job, f"since={ids[0]}", str(ids[1])) == ((2, ids[1]), None)


def test_bad_header_begins_anew_and_bad_since_is_refused(job: Job) -> None:
    assert start_of(job, header="garbage") == (None, "bad_last_event_id")
    with pytest.raises(BadParameter):
        start_of(job, "since=garbage")


def test_cursor_at_the_pruned_edge_goes_on_and_one_before_it_begins_anew(job: Job) -> None:
    ids = append(job, "one", "two", "three").ids
    job.entries.filter(line__lte=2).prune()
    assert start_of(job, f"since={ids[1]}") == ((0, ids[1]), None)
    assert start_of(job, f"since={ids[0]}") == (None, "pruned")


def test_cursor_above_every_id_ever_given_begins_anew(job: Job) -> None:
    ids = append(job, "one").ids
    assert start_of(job, f"since={ids[0] + 1}") == (None, "unknown_cursor")


def test_zero_is_the_beginning(job: Job) -> None:
    assert start_of(job, "since=0") == ((0, 0), None)


async def test_reset_is_followed_by_everything_that_is_there(live_side: Live, job: Job) -> None:
    await in_thread(append, job, *[str(number) for number in range(1500)])
    request = LogRequest(job_topic(job.pk), Filter(), VIEWER, limit=10, reset_reason="pruned")
    watcher = Watcher(log_stream(live_side, request))
    assert await watcher.until_lines(1500) == list(range(1, 1501))
    assert names_of(watcher.events)[:3] == ["reset", "status", "logs"]
    await watcher.leave()


async def test_pruned_job_goes_on_live_with_its_line_numbers(live_side: Live, job: Job) -> None:
    ids = (await in_thread(append, job, "one", "two")).ids
    await in_thread(job.entries.all().prune)
    watcher = await watch_job(job, since=ids[1])
    await in_thread(append, job, "three")
    assert await watcher.until_lines(1) == [3]
    await watcher.leave()


async def test_client_from_ahead_of_the_feed_gets_nothing_twice(live_side: Live, job: Job) -> None:
    first = await watch_job(job)
    [feed] = live_side.feeds.values()
    feed._unsubscribe()  # a feed that hears nothing, as if the news were still on their way
    live_side.watch.wakeups.stop()
    ids = (await in_thread(append, job, "one", "two", "three")).ids
    second = await watch_job(job, since=ids[1])
    assert await second.until_lines(1) == [3]
    assert await first.until_lines(3) == [1, 2, 3]
    assert lines_of(second.events) == [3]
    for watcher in (first, second):
        await watcher.leave()


async def test_service_cursor_goes_on_when_its_job_was_deleted(live_side: Live, job: Job) -> None:
    doomed = await sync_to_async(Job.objects.create)(name="doomed")
    gone = (await in_thread(append, doomed, "gone")).ids
    await in_thread(append, job, "kept")
    await in_thread(doomed.delete)
    watcher = await watch_service(since=gone[0])
    assert names_of(watcher.events)[0] == "status"
    assert [entry["message"] for entry in watcher.events[1].data["logs"]] == ["kept"]
    await watcher.leave()


async def test_ids_are_never_given_twice(live_side: Live, job: Job) -> None:
    ids = (await in_thread(append, job, "one", "two")).ids
    await in_thread(LogEntry.objects.all().prune)
    assert (await in_thread(append, job, "three")).ids[0] > ids[1]
