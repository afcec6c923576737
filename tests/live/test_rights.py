"""Streams end with the right to read them, and give the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient

from jobs import lifecycle
from jobs.access import Caller, caller_of_token
from jobs.models import Job, Token
from jobs.queries import START, Filter
from logstream import rights
from logstream.formats import PLAIN
from logstream.live import Live
from logstream.registry import SERVICE, family_topic, job_topic
from logstream.requests import viewer_of
from logstream.streams import LogRequest, jobs_stream, log_stream
from tests.live.conftest import append
from tests.live.sse import lines_of, names_of
from tests.live.watching import Watcher, in_thread


@pytest.fixture
def caller(token: str) -> Caller:
    return caller_of_token(token)


def watch(live_side: Live, job: Job, caller: Caller) -> Watcher:
    return Watcher(log_stream(live_side, LogRequest(job_topic(job.pk), Filter(), viewer_of(caller), 100)))


def streams_of(live_side: Live, job: Job, caller: Caller) -> dict[str, Watcher]:
    viewer = viewer_of(caller)
    asked = {
        "job": LogRequest(job_topic(job.pk), Filter(), viewer, 100),
        "family": LogRequest(family_topic(job.pk), Filter(family=job.pk), viewer, 100),
        "service": LogRequest(SERVICE, Filter(), viewer, 100),
        "plain": LogRequest(job_topic(job.pk), Filter(), viewer, 100, format=PLAIN),
    }
    sources = {name: log_stream(live_side, request) for name, request in asked.items()}
    return {name: Watcher(source) for name, source in {**sources, "jobs": jobs_stream(live_side, viewer)}.items()}


async def test_every_kind_of_stream_ends_with_the_token_and_says_why(
    live_side: Live, job: Job, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "LOOK_EVERY_S", 0.05)
    watchers = streams_of(live_side, job, caller)
    for watcher in watchers.values():
        await watcher.until(lambda _, watcher=watcher: len(watcher.raw) > 1)  # type: ignore[misc]
    await in_thread(Token.objects.all().delete)
    for name, watcher in watchers.items():
        last = (await watcher.until_end())[-1]
        assert (name, last.name, last.data["code"], last.id) == (name, "refused", "bad_token", None)
        assert "revoked" in last.data["error"]


async def test_streams_of_others_go_on(live_side: Live, job: Job, caller: Caller) -> None:
    other = Caller(await User.objects.acreate_superuser("other"))
    mine, theirs = (watch(live_side, job, each) for each in (caller, other))
    for watcher in (mine, theirs):
        await watcher.until_event("logs")
    await in_thread(User.objects.filter(pk=caller.user.pk).delete)
    await live_side.rights.look()
    assert (await mine.until_end())[-1].data["code"] == "user_inactive"
    await in_thread(append, job, "not for everybody")
    assert await theirs.until_lines(1) == [1]
    assert lines_of(mine.events) == []
    await theirs.leave()


async def test_a_long_reading_ends_as_well(live_side: Live, job: Job, caller: Caller) -> None:
    await in_thread(append, job, *["x"] * 3000)
    await in_thread(lifecycle.finish_job, job, "completed")
    request = LogRequest(job_topic(job.pk), Filter(), viewer_of(caller), 1, since=START)
    watcher = Watcher(log_stream(live_side, request))
    watcher.may_read.clear()
    await in_thread(Token.objects.all().delete)
    await live_side.rights.look()
    watcher.may_read.set()
    events = await watcher.until_end()
    assert names_of(events)[-1] == "refused"
    assert lines_of(events) == []


async def test_who_takes_nothing_is_cut_off(live_side: Live, job: Job, caller: Caller) -> None:
    watcher = watch(live_side, job, caller)
    await watcher.until_event("logs")
    (stream,) = live_side.streams
    watcher.may_read.clear()
    cut = asyncio.Event()
    stream._connection = Connection(cut.set)  # type: ignore[assignment]
    stream.end(b"", 0.01)
    async with asyncio.timeout(5):
        await cut.wait()
    await watcher.leave()


class Connection:
    def __init__(self, abort: Callable[[], None]) -> None:
        self.abort = abort


async def test_a_look_that_fails_ends_nothing(
    live_side: Live, job: Job, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "LOOK_EVERY_S", 0.01)
    failed = asyncio.Event()

    async def look() -> None:
        failed.set()
        raise OSError("no database")

    monkeypatch.setattr(live_side.rights, "look", look)
    watcher = watch(live_side, job, caller)
    await watcher.until_event("logs")
    async with asyncio.timeout(5):
        await failed.wait()
    await in_thread(append, job, "on it goes")
    assert await watcher.until_lines(1) == [1]
    await watcher.leave()


async def test_a_request_says_how_its_caller_is_known(live_side: Live, job: Job, viewer: User) -> None:
    client = AsyncClient()
    await client.aforce_login(viewer)
    response = await client.get(f"/api/jobs/{job.pk}/logs/stream")
    source = aiter(response)
    await anext(source)
    (stream,) = live_side.streams
    assert stream.viewer.grounds is not None
    assert stream.viewer.grounds.session_key == client.session.session_key
    await source.aclose()
