"""A client inside the test's own process: it iterates a stream as the server does."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from django.db import connections

from jobs.models import Job
from jobs.queries import START, Filter
from jobs.queries.cursors import position_of
from logstream import live
from logstream.formats import PLAIN
from logstream.frames import GZIP, IDENTITY, Encoding
from logstream.open_stream import Viewer
from logstream.registry import SERVICE, family_topic, job_topic
from logstream.streams import LogRequest, log_stream
from tests.live.sse import Event, EventParser, lines_of

T = TypeVar("T")
VIEWER = Viewer(1, "viewer")
DEADLINE_S = 10.0


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Calls a function that uses the database, in a thread that keeps no connection."""

    def call() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(call)


class Watcher:
    """Collects the events of a stream; `takes` False makes it a client that reads nothing."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self.source = source
        self.parser = EventParser()
        self.events: list[Event] = []
        self.raw: list[bytes] = []
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._changed = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for data in self.source:
            self.raw.append(data)
            self.events += self.parser.feed(data)
            self._changed.set()
            await self.may_read.wait()

    async def until(self, condition: Callable[[list[Event]], bool]) -> list[Event]:
        """Waits until the events so far satisfy `condition`."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition(self.events):
                if self.task.done():
                    self.task.result()
                    raise AssertionError(f"the stream ended: {self.events}")
                self._changed.clear()
                await self._changed.wait()
        return self.events

    async def until_lines(self, count: int) -> list[int]:
        return lines_of(await self.until(lambda events: len(lines_of(events)) >= count))

    async def until_event(self, name: str) -> Event:
        events = await self.until(lambda events: any(event.name == name for event in events))
        return next(event for event in events if event.name == name)

    async def until_end(self) -> list[Event]:
        async with asyncio.timeout(DEADLINE_S):
            await self.task
        return self.events

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def inflated(source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What a client reads of a gzipped stream, part by part."""
    gzip = zlib.decompressobj(wbits=31)
    async for data in source:
        yield gzip.decompress(data)


async def watch_job(
    job: Job,
    wanted: Filter | None = None,
    *,
    since: int | None = None,
    limit: int = 100,
    encoding: Encoding = IDENTITY,
) -> Watcher:
    """A client of the job's stream, which has received the stored entries when this returns."""
    position = None if since is None else await in_thread(position_of, job.pk, since)
    request = LogRequest(job_topic(job.pk), wanted or Filter(), VIEWER, limit, position, encoding=encoding)
    source = log_stream(live.current(), request)
    watcher = Watcher(inflated(source) if encoding is GZIP else source)
    await watcher.until_event("logs")
    return watcher


async def watch_family(
    root: Job, wanted: dict[str, Any] | None = None, *, since: int | None = None, limit: int = 100
) -> Watcher:
    position = None if since is None else await in_thread(position_of, root.pk, since, with_children=True)
    request = LogRequest(family_topic(root.pk), Filter(**(wanted or {}), family=root.pk), VIEWER, limit, position)
    watcher = Watcher(log_stream(live.current(), request))
    await watcher.until_event("logs")
    return watcher


async def watch_service(wanted: Filter | None = None, *, since: int | None = None, limit: int = 50) -> Watcher:
    position = None if since is None else await in_thread(position_of, None, since)
    watcher = Watcher(log_stream(live.current(), LogRequest(SERVICE, wanted or Filter(), VIEWER, limit, position)))
    await watcher.until_event("logs")
    return watcher


async def watch_plain(job: Job, wanted: Filter | None = None, *, since: int = 0) -> Watcher:
    """A client of the job's plain stream, which has received at least a ping."""
    position = await in_thread(position_of, job.pk, since) if since else START
    request = LogRequest(job_topic(job.pk), wanted or Filter(), VIEWER, 0, position, format=PLAIN)
    watcher = Watcher(log_stream(live.current(), request))
    async with asyncio.timeout(live.current().ping_interval_s / 2):  # not by a ping
        while len(watcher.raw) < 2:
            await asyncio.sleep(0.001)
    return watcher
