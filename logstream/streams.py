"""The streams, each in three parts: produce, notice the client's end, clean up in any case."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.utils import timezone

from jobs.models.record import wire_time
from jobs.queries import START, Filter, Position
from jobs.queries.cursors import CursorReset, ResetReason
from logstream import events
from logstream.any_server import give_thread_back
from logstream.feeds.base import FeedKey
from logstream.feeds.catch_up import Reader
from logstream.feeds.entries import EntriesFeed
from logstream.feeds.jobs import JOB_STATS, JobsFeed
from logstream.formats import EVENTS, Format
from logstream.frames import IDENTITY, Encoding, Part
from logstream.live import Live
from logstream.open_stream import OpenStream, Viewer
from logstream.outlet import Outlet, sending
from logstream.registry import JOBS, Topic
from logstream.subscription import Closed, Overflowed, Subscription

# Clients that lost the same server reconnect at times spread over this range.
RETRY_MS = (500, 2_500)
USUAL_RETRY_MS = 1_000


@dataclass(frozen=True, slots=True)
class LogRequest:
    """A checked request for a log stream."""

    topic: Topic
    filter: Filter
    viewer: Viewer
    limit: int
    since: Position | None = None  # None: begin with the last `limit` entries
    reset_reason: str | None = None  # where given: begin with everything that is stored
    format: Format = EVENTS
    encoding: Encoding = IDENTITY


@contextmanager
def open_stream(live: Live, topic: Topic, viewer: Viewer, outlet: Outlet | None = None) -> Iterator[Subscription]:
    """A subscription that counts as an open stream until the block ends."""
    subscription = Subscription(live.buffer_size, outlet)
    stream = OpenStream(topic, viewer, subscription, wire_time(timezone.now()))
    live.opened(stream)
    try:
        yield subscription
    finally:
        live.closed(stream)


async def log_stream(live: Live, request: LogRequest) -> AsyncIterator[bytes]:
    """The bytes of a log stream, of a job, a family or the service."""
    await give_thread_back()
    encode = request.encoding.encode
    send = sending.get()
    outlet = None if send is None else Outlet(send, request.encoding)
    with open_stream(live, request.topic, request.viewer, outlet) as subscription:
        yield request.encoding.head + encode(events.retry(USUAL_RETRY_MS))
        feed = await live.feed(FeedKey(request.topic, request.filter, request.format), request.viewer.id)
        assert isinstance(feed, EntriesFeed)
        sent_at = live.loop.time()
        try:
            async for part in follow(live, feed, subscription, request):
                if part:  # a format may have no bytes for some news
                    yield encode(part)
                elif live.loop.time() < sent_at + live.ping_interval_s:
                    continue
                else:  # the search goes on
                    yield encode(request.format.ping(None))
                sent_at = live.loop.time()
        except Closed:
            yield encode(subscription.last_words or comeback())
        finally:
            feed.release(subscription)


async def follow(live: Live, feed: EntriesFeed, subscription: Subscription, request: LogRequest) -> AsyncIterator[Part]:
    """All that the client is sent. When it gets no continuation of what it has, it gets a `reset` and begins anew."""
    if request.since is not None:
        await feed.reach(request.since)
    while True:
        try:
            async for part in follow_on(live, feed, subscription, request):
                yield part
            return
        except CursorReset as reset:
            if reset.reason is ResetReason.DELETED:
                yield request.format.reset(reset.reason.value)
                return
            subscription.begin_anew()
            request = replace(request, reset_reason=reset.reason.value)


async def follow_on(
    live: Live, feed: EntriesFeed, subscription: Subscription, request: LogRequest
) -> AsyncIterator[Part]:
    """What is stored, then what comes. Raises CursorReset when entries go before they can be sent."""
    reader = Reader(live, feed, request.viewer.id)
    position = feed.attach(subscription)
    if subscription.is_closed:
        raise Closed
    status = b"" if feed.is_deleted else feed.encode_status()  # of this moment: later changes are queued
    if request.reset_reason is not None:
        yield request.format.reset(request.reset_reason)
    if status:
        yield status
    if not feed.is_deleted:
        async for data in until_closed(subscription, stored_entries(reader, request, position)):
            yield data
    async for part in live_entries(reader, subscription, position):
        yield part


async def until_closed(subscription: Subscription, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes of a long reading, until the stream is closed. Raises Closed then."""
    async for data in source:
        if subscription.is_closed:
            raise Closed
        yield data


def comeback() -> bytes:
    return events.retry(random.randint(*RETRY_MS))  # noqa: S311 - a spread, not a secret


def stored_entries(reader: Reader, request: LogRequest, end: Position) -> AsyncIterator[bytes]:
    """The stored entries up to `end` that the request asks for."""
    if request.reset_reason is not None:
        return reader.entries_after(START, end)
    if request.since is None:
        return reader.last_entries(request.limit, end)
    return reader.entries_after(request.since, end)


async def live_entries(reader: Reader, subscription: Subscription, position: Position) -> AsyncIterator[Part]:
    """The feed's frames from `position` on; where the client fell behind, the missed entries from the database."""
    feed = reader.feed
    subscription.position = position
    while subscription.has_frames or not feed.is_over:
        try:
            frame = await subscription.next()
        except Overflowed:
            subscription.rejoin()  # frames are queued again from the feed's position: no await in between
            start, end = subscription.position, feed.scanned
            async for data in until_closed(subscription, reader.entries_after(start, end)):
                yield data
            subscription.position = end
            if not feed.is_deleted:
                yield feed.encode_status(end)  # with all steps: the dropped frames had changes of steps too
            continue
        yield frame
        if frame.is_last:
            return
    for data in feed.end_frames:
        yield data


async def jobs_stream(live: Live, viewer: Viewer, encoding: Encoding = IDENTITY) -> AsyncIterator[bytes]:
    """The bytes of the jobs stream. A client that falls behind gets the rows that changed meanwhile."""
    await give_thread_back()
    encode = encoding.encode
    with open_stream(live, JOBS, viewer) as subscription:
        yield encoding.head + encode(events.retry(USUAL_RETRY_MS))
        feed = await live.feed(FeedKey(JOBS, Filter()))
        assert isinstance(feed, JobsFeed)
        feed.attach(subscription)
        try:
            yield encode(events.event(JOB_STATS, feed.stats))
            seen_at = timezone.now()
            while True:
                try:
                    yield encode(await subscription.next())
                except Overflowed:
                    subscription.rejoin()
                    for data in await feed.changes_for(seen_at):
                        yield encode(data)
                    yield encode(events.event(JOB_STATS, feed.stats))
                seen_at = timezone.now()
        except Closed:
            yield encode(subscription.last_words or comeback())
        finally:
            feed.release(subscription)
