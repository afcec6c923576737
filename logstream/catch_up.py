"""What one client reads for itself: the entries that are stored, until it can join the feed (promise S4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

from jobs.cursors import require_unbroken
from jobs.queries import START, Log, Page, Position
from jobs.snapshots import snapshot
from logstream.feed import FeedHost
from logstream.log_feed import LogFeed

P = ParamSpec("P")
T = TypeVar("T")


async def last_entries(live: FeedHost, feed: LogFeed, limit: int, end: Position) -> AsyncIterator[bytes]:
    """The last `limit` matching entries up to `end`, in as many events as their size asks for."""
    log = feed.client_log()
    page = await live.read(unbroken, log, START, log.last, limit, START, end)
    if page.has_more and len(page.records) < limit:  # too many bytes for one event
        start = await live.read(log.before_last, limit, end)
        async for data in entries_between(live, feed, start, end, has_older=start != START):
            yield data
    else:
        yield feed.encode(page.records, page.has_more, end)


async def entries_after(live: FeedHost, feed: LogFeed, start: Position, end: Position) -> AsyncIterator[bytes]:
    """Every matching entry in (start, end]: what a client missed."""
    log = feed.client_log()
    has_older = start.id > 0 and await live.read(log.has_up_to, start)
    async for data in entries_between(live, feed, start, end, has_older):
        yield data


async def entries_between(
    live: FeedHost, feed: LogFeed, start: Position, end: Position, has_older: bool
) -> AsyncIterator[bytes]:
    """Pages of (start, end]; one event at least, so that the client has a cursor and counts."""
    log = feed.client_log()
    while True:
        page: Page = await live.read(unbroken, log, start, log.after, start, end)
        scanned = position_of_last(page) if page.has_more else end
        yield feed.encode(page.records, has_older, scanned)
        if not page.has_more:
            return
        start, has_older = scanned, True


def unbroken(log: Log, start: Position, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `read` reads of the log, which is all that there ever was after `start`. Raises CursorReset."""
    family = log.wanted.family
    with snapshot():
        require_unbroken(family or log.job_id, start, with_children=family is not None)
        return read(*args, **kwargs)


def position_of_last(page: Page) -> Position:
    return Position(page.records[-1].line, page.records[-1].id)
