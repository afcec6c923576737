"""Finds what other processes did: on each wake-up, and every 2 s in case one was lost (promise S10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from jobs.models import Job, LogEntry
from jobs.queries.parts import in_parts
from logstream.feeds.base import Feed, FeedHost
from logstream.feeds.family import FamilyFeed
from logstream.feeds.family_state import Pulse, pulses_of
from logstream.feeds.job import JobFeed
from logstream.feeds.jobs import JobsFeed
from logstream.feeds.service import ServiceFeed
from logstream.news import Changed, Deleted, Grown
from logstream.wakeups.base import Wakeups

logger = logging.getLogger(f"quaero.{__name__}")

RECONCILE_INTERVAL_S = 2.0


class WatchedJob(NamedTuple):
    """The columns of a job's row that change with its news."""

    last_line: int
    revision: int
    status: str


class Watch:
    """Looks for news in the database and notifies the feeds."""

    def __init__(self, live: FeedHost, feeds: Callable[[], Iterable[Feed]], wakeups: Wakeups) -> None:
        self.live = live
        self.feeds = feeds
        self.wakeups = wakeups
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Starts looking, with the first feed. It goes on until `end`: wake-ups cost almost nothing."""
        if self._task is None:
            self._task = self.live.loop.create_task(self._run())
            self.wakeups.start(self._wake)

    def end(self) -> None:
        self.wakeups.stop()
        if self._task is not None and not self.live.loop.is_closed():
            self._task.cancel()

    def _wake(self) -> None:
        """Called by the wake-ups, in their thread."""
        try:
            self.live.loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the loop is closed
            self.wakeups.stop()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(RECONCILE_INTERVAL_S):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self.look()
            except Exception as error:
                logger.warning("could not look for changes: %s", error)

    async def look(self) -> None:
        """Notifies feeds of news: one query for the watched jobs, one for each family, one for the newest entry."""
        feeds = tuple(self.feeds())
        job_feeds = [feed for feed in feeds if isinstance(feed, JobFeed) and feed.ready.done()]
        if job_feeds:
            found = await self.live.read(watched_jobs, {feed.job_id for feed in job_feeds})
            for job_feed in job_feeds:
                notify_job_feed(job_feed, found.get(job_feed.job_id))
        family_feeds = [feed for feed in feeds if isinstance(feed, FamilyFeed) and feed.ready.done()]
        if family_feeds:
            pulses = await self.live.read(pulses_of, {feed.root for feed in family_feeds})
            for family_feed in family_feeds:
                notify_family_feed(family_feed, pulses[family_feed.root])
        service_feeds = [feed for feed in feeds if isinstance(feed, ServiceFeed)]
        if service_feeds:
            newest_id = await self.live.read(newest_entry_id)
            for service_feed in service_feeds:
                if newest_id > service_feed.scanned.id:
                    service_feed.notify(Grown())
        for feed in feeds:
            if isinstance(feed, JobsFeed):
                feed.notify(Grown())


def notify_job_feed(feed: JobFeed, found: WatchedJob | None) -> None:
    """Notifies the feed of a change or of the deletion of its job."""
    if found is None:
        feed.notify(Deleted(feed.job_id))
    elif found.last_line > feed.known_line or found.revision > feed.known_revision:
        feed.notify(Changed(feed.job_id, is_urgent=found.status != feed.job.status))


def notify_family_feed(feed: FamilyFeed, found: Pulse) -> None:
    """Notifies the feed when its family has changed."""
    if found != feed.pulse:
        feed.notify(Changed(feed.root, is_urgent=found.is_urgent_after(feed.pulse)))


def watched_jobs(job_ids: set[UUID]) -> dict[UUID, WatchedJob]:
    """The current rows of these jobs, by id; a deleted job is missing."""
    found: dict[UUID, WatchedJob] = {}
    for wanted in in_parts(sorted(job_ids)):
        rows = Job.objects.filter(pk__in=wanted)
        for pk, last_line, revision, status in rows.values_list("pk", "last_line", "revision", "status"):
            found[pk] = WatchedJob(last_line, revision, status)
    return found


def newest_entry_id() -> int:
    """The highest id of a stored entry; 0 for none."""
    return LogEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
