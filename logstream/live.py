"""The live side of this process: its registry, feeds, reading threads and wake-ups.

There is one for the running event loop. The first stream, or the start of the server, makes it.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from jobs import conf
from jobs.models.record import wire_time
from jobs.queries import Filter
from jobs.queries.long_reads import Steps
from jobs.queries.search_turns import AT_A_TIME, turns
from logstream.feeds.base import Feed, FeedKey
from logstream.feeds.family import FamilyFeed
from logstream.feeds.job import JobFeed
from logstream.feeds.jobs import JobsFeed
from logstream.feeds.service import ServiceFeed
from logstream.meter import RateMeter
from logstream.news import StreamsChanged
from logstream.numbers import JobNumbers
from logstream.open_stream import OpenStream, Session
from logstream.reading import ReadingPool
from logstream.registry import FAMILY, JOB, JOBS, SERVICE, Registry, Topic
from logstream.rights import Rights
from logstream.stepping import StepResult, advance
from logstream.wakeups import wakeups_of_database
from logstream.watch import Watch

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(f"quaero.{__name__}")

READING_THREADS = 2
OPENING_THREADS = 4  # several, so that one that waits for a lock does not delay other streams
MOST_SESSIONS = 100  # that the status of all streams lists

FEEDS: dict[str, type[Feed]] = {JOB: JobFeed, FAMILY: FamilyFeed, JOBS.kind: JobsFeed, SERVICE.kind: ServiceFeed}


class Live:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.registry = Registry(loop)
        self.pool = ReadingPool(READING_THREADS, "quaero-read")
        self.client_pool = ReadingPool(AT_A_TIME, "quaero-search")
        self.opening_pool = ReadingPool(OPENING_THREADS, "quaero-open")
        self.feeds: dict[FeedKey, Feed] = {}
        self.streams: set[OpenStream] = set()
        self.rights = Rights(self.read, self.streams)
        self.meter = RateMeter()
        self.numbers = JobNumbers(self.read)
        self.started_at = wire_time(datetime.now(UTC))
        self.is_closing = False
        self.stop_listening: Callable[[], None] | None = None  # to the signals that end the process
        self.batch_interval_s = conf.batch_interval_ms() / 1000
        self.ping_interval_s = float(conf.ping_interval_s())
        self.buffer_size = conf.buffer_size()
        self.max_streams = conf.max_streams()
        self.watch = Watch(self, self.feeds.values, wakeups_of_database())

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a function that reads the database, in a reading thread and in autocommit."""
        return await self.loop.run_in_executor(self.pool, lambda: function(*args, **kwargs))

    async def step(self, user_id: int, reading: Steps[T]) -> StepResult[T]:
        """One step of a reading, in a thread for clients' readings, when it is this user's turn."""
        turn = turns.ask(user_id)
        try:
            await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            if not turn.cancel():  # the turn has begun meanwhile
                turns.end()
            raise
        try:
            return await self.loop.run_in_executor(self.client_pool, advance, reading)
        finally:
            turns.end()

    async def feed(self, key: FeedKey, user_id: int = 0) -> Feed:
        """The feed of a topic and filter, started and ready. The caller must `release` it.

        Raises the error of its start. A new feed takes this user's turns for long counts.
        """
        feed = self.feeds.get(key)
        if feed is None:
            feed = self.feeds[key] = self._new_feed(key)
            feed.user_id = user_id
            # An empty context: a feed outlives the request that opened it first.
            feed.task = self.loop.create_task(feed.run(), context=contextvars.Context())
            self.watch.begin()
        feed.holders += 1
        try:
            await asyncio.shield(feed.ready)
        except BaseException:
            feed.release()
            raise
        return feed

    def _new_feed(self, key: FeedKey) -> Feed:
        return FEEDS[key.topic.kind](self, key)

    def forget(self, feed: Feed) -> None:
        """Ends a feed that has no clients any more. A feed that is over calls it too."""
        if self.feeds.get(feed.key) is feed:
            del self.feeds[feed.key]
        if not feed.is_over:
            feed.is_over = True
            feed.notify(None)

    def opened(self, stream: OpenStream) -> None:
        """Counts a stream as open, and notifies the feed of the list of jobs."""
        self.streams.add(stream)
        self.rights.begin()
        self._notify_jobs_feed()

    def closed(self, stream: OpenStream) -> None:
        """Counts a stream as closed, and notifies the feed of the list of jobs."""
        stream.is_open = False
        self.streams.discard(stream)
        self._notify_jobs_feed()

    def _notify_jobs_feed(self) -> None:
        """The statistics of the list of jobs include the number of streams and users."""
        feed = self.feeds.get(FeedKey(JOBS, Filter()))
        if feed is not None:
            feed.notify(StreamsChanged())

    @property
    def sessions(self) -> list[Session]:
        """The open streams with their users, newest first; MOST_SESSIONS at most."""
        newest = heapq.nlargest(MOST_SESSIONS, self.streams, key=lambda stream: stream.since)
        return [stream.session for stream in newest]

    @property
    def stream_count(self) -> int:
        return len(self.streams)

    @property
    def user_count(self) -> int:
        return len({stream.viewer.id for stream in self.streams})

    def streams_by_topic(self) -> Counter[Topic]:
        return Counter(stream.topic for stream in self.streams)

    def batch_interval_ms(self) -> int:
        """The longest of all feeds: it widens where there are very many clients."""
        return round(1000 * max((feed.batch_interval_s for feed in self.feeds.values()), default=self.batch_interval_s))

    def lagging_count(self) -> int:
        return sum(stream.subscription.is_lagging for stream in self.streams)

    def begin_closing(self) -> None:
        """Ends all streams, each with a time after which its client reconnects (S9)."""
        if self.is_closing:
            return
        self.is_closing = True
        for stream in self.streams:
            stream.subscription.close()

    def close(self) -> None:
        """Stops the threads. The feeds' tasks end with the loop."""
        self.begin_closing()
        for feed in tuple(self.feeds.values()):
            self.forget(feed)
        self.give_up()

    def give_up(self) -> None:
        """As `close`, of a loop that is no more."""
        self.watch.end()
        self.rights.end()
        if self.stop_listening is not None:
            self.stop_listening()
        for pool in (self.pool, self.client_pool, self.opening_pool):
            pool.shutdown(wait=False, cancel_futures=True)


_live: Live | None = None


def current() -> Live:
    """The live side of the running event loop, which is made if there is none yet."""
    global _live
    loop = asyncio.get_running_loop()
    if _live is None or _live.loop is not loop:
        if _live is not None:
            _live.give_up()
        _live = Live(loop)
    return _live


def publish(topic: Topic, news: object) -> None:
    """Publishes to this process's feeds, from any thread. Does nothing in a process without a live side."""
    if _live is not None:
        _live.registry.publish(topic, news)
