"""The plain stream of a job: one event without a name an entry, then `done`; exact as any other."""

from __future__ import annotations

import json
import random

import pytest
from django.test import AsyncClient, RequestFactory

from jobs import levels, lifecycle
from jobs.models import Job
from jobs.queries import START, Filter
from logstream import live
from logstream.addresses import stream_paths
from logstream.formats import PLAIN
from logstream.live import Live
from logstream.requests import read_plain_request
from logstream.urls import urlpatterns
from tests.live.conftest import append
from tests.live.serving import Server, watching
from tests.live.sse import Event, EventParser, names_of
from tests.live.watching import in_thread, watch_job, watch_plain


def texts(events: list[Event]) -> list[str]:
    return [event.data["message"] for event in events if event.name == "message"]


async def test_stored_entries_come_first_then_live_ones_then_done(live_side: Live, job: Job) -> None:
    ids = [*(await in_thread(append, job, "one", "two")).ids]
    watcher = await watch_plain(job)
    ids += (await in_thread(append, job, "three", level="error")).ids
    await in_thread(lifecycle.finish_job, job, "completed", exit_code=0)
    events = await watcher.until_end()
    assert names_of(events) == ["message"] * 3 + ["done"]
    assert [event.id for event in events] == [*map(str, ids), "done"]
    assert list(events[2].data) == ["timestamp", "level", "message"]
    assert (events[2].data["level"], events[2].data["message"], events[3].data) == ("error", "three", {})


async def test_every_entry_of_a_long_log_comes_once(live_side: Live, job: Job) -> None:
    await in_thread(append, job, *[str(number) for number in range(2500)])
    await in_thread(lifecycle.finish_job, job, "failed")
    events = await (await watch_plain(job)).until_end()
    assert texts(events) == [str(number) for number in range(2500)]


async def test_bytes_on_the_wire_are_as_documented(live_side: Live, job: Job) -> None:
    [entry_id] = (await in_thread(append, job, "a\nb")).ids
    await in_thread(lifecycle.finish_job, job, "completed")
    watcher = await watch_plain(job)
    await watcher.until_end()
    retry, entry, done = b"".join(watcher.raw).decode().split("\n\n")[:-1]
    assert (retry, done) == ("retry: 1000", "event: done\nid: done\ndata: {}")
    head, data = entry.split("\n")
    assert (head, json.loads(data.removeprefix("data: "))["message"]) == (f"id: {entry_id}", "a\nb")


async def test_client_cut_off_within_a_batch_resumes_exactly(live_side: Live, job: Job) -> None:
    await in_thread(append, job, *[str(number) for number in range(300)])
    await in_thread(lifecycle.finish_job, job, "completed")
    whole = await watch_plain(job)
    everything = texts(await whole.until_end())
    stream = b"".join(whole.raw)
    for _ in range(10):
        cut = EventParser()
        seen = texts(cut.feed(stream[: random.randrange(200, len(stream) - 100)]))
        rest = await (await watch_plain(job, since=int(cut.last_id))).until_end()
        assert seen + texts(rest) == everything


async def test_level_means_this_or_above(live_side: Live, job: Job) -> None:
    watcher = await watch_plain(job, Filter(level=levels.WARN))
    await in_thread(append, job, "quiet")
    await in_thread(append, job, "loud", level="error")
    await in_thread(lifecycle.finish_job, job, "completed")
    assert texts(await watcher.until_end()) == ["loud"]


async def test_quiet_stream_is_kept_alive_by_comments(live_side: Live, job: Job) -> None:
    watcher = await watch_plain(job)
    live_side.ping_interval_s = 0.05
    await in_thread(append, job, "one")
    await watcher.until(lambda events: names_of(events) == ["message"] and watcher.raw[-3:] == [b": ping\n\n"] * 3)
    await watcher.leave()


async def test_bytes_are_shared_by_clients_of_one_format_and_not_by_others(live_side: Live, job: Job) -> None:
    one, two, other = await watch_plain(job), await watch_plain(job), await watch_job(job)
    await in_thread(append, job, "shared")
    for watcher in (one, two, other):
        await watcher.until(lambda events, watcher=watcher: b"shared" in watcher.raw[-1])
    assert one.raw[-1] is two.raw[-1]
    assert len(live_side.feeds) == 2
    for watcher in (one, two, other):
        await watcher.leave()


async def test_slow_client_catches_up_from_the_database(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 2, 0.0
    slow, quick = await watch_plain(job), await watch_plain(job)
    slow.may_read.clear()
    for number in range(20):
        await in_thread(append, job, str(number))
        await quick.until(lambda events, number=number: len(texts(events)) > number)
    slow.may_read.set()
    await in_thread(lifecycle.finish_job, job, "completed")
    assert texts(await slow.until_end()) == texts(await quick.until_end()) == [str(number) for number in range(20)]


async def test_deleted_job_ends_it_with_reset(live_side: Live, job: Job) -> None:
    watcher = await watch_plain(job)
    await in_thread(job.delete)
    events = await watcher.until_end()
    assert (events[-1].name, events[-1].data) == ("reset", {"reason": "deleted"})


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("level=loud", "one of debug, info, warn, error, fatal"),
        ("since=abc", "a whole number from 0 up"),
        ("limit=5", "one of level, since, ticket"),
        ("children=1", "one of level, since, ticket"),
    ],
)
async def test_wrong_parameters_are_refused_by_name(
    headers: dict[str, str], job: Job, query: str, allowed: str
) -> None:
    response = await AsyncClient().get(f"/api/logs/{job.pk}?{query}", headers=headers)
    assert (response.status_code, response.json()["detail"]["allowed"]) == (400, allowed)


async def test_cursor_of_another_job_is_refused_in_the_header_too(headers: dict[str, str], job: Job) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    [theirs] = (await in_thread(append, other, "theirs")).ids
    for asked in ({"path": f"/api/logs/{job.pk}?since={theirs}"}, {"path": f"/api/logs/{job.pk}", "last": str(theirs)}):
        given = headers | ({"last-event-id": asked["last"]} if "last" in asked else {})
        response = await AsyncClient().get(asked["path"], headers=given)
        assert (response.status_code, response.json()["code"]) == (400, "cursor_of_another_job")


async def test_client_that_has_had_the_end_gets_no_more(headers: dict[str, str], job: Job) -> None:
    await in_thread(lifecycle.finish_job, job, "completed")
    response = await AsyncClient().get(f"/api/logs/{job.pk}", headers=headers | {"last-event-id": "done"})
    assert response.status_code == 204


async def test_lost_cursor_begins_anew(headers: dict[str, str], job: Job, live_side: live.Live) -> None:
    await in_thread(append, job, "one")
    await in_thread(lifecycle.finish_job, job, "completed")
    response = await AsyncClient().get(f"/api/logs/{job.pk}?since=999", headers=headers)
    events = EventParser().feed(b"".join([data async for data in response.streaming_content]))
    assert names_of(events) == ["reset", "message", "done"]
    assert events[0].data == {"reason": "unknown_cursor"}


def test_it_begins_with_the_first_entry_however_many_there_are(job: Job, token: str) -> None:
    request = RequestFactory().get(
        f"/api/logs/{job.pk}", {"level": "warn"}, headers={"authorization": f"Bearer {token}"}
    )
    asked = read_plain_request(request, str(job.pk))
    assert asked is not None
    assert (asked.since, asked.filter, asked.format) == (START, Filter(level=levels.WARN), PLAIN)


def test_streams_enter_the_pool_of_streams() -> None:
    """A path that is missing there would pin a thread for as long as its client stays."""
    paths = [f"/{pattern.pattern}".replace("<str:job_id>", "3f2a") for pattern in urlpatterns]
    assert [path for path in paths if not stream_paths().fullmatch(path)] == []


@pytest.mark.slow
async def test_real_server_streams_while_the_job_runs_and_resumes(server: Server, token: str, job: Job) -> None:
    path = f"/api/logs/{job.pk}"
    await in_thread(append, job, "before")
    async with watching(server, path, token) as watcher:
        assert watcher.response.headers["Cache-Control"] == "no-cache, no-transform"
        for number in range(3):
            await in_thread(append, job, f"live {number}")
            await watcher.until(lambda events, number=number: len(events) == number + 2)
    await in_thread(append, job, "missed")
    await in_thread(lifecycle.finish_job, job, "completed")
    async with watching(server, path, token, Last_Event_ID=watcher.parser.last_id) as again:
        assert texts(await again.until_end()) == ["missed"]
        assert again.events[-1].name == "done"
