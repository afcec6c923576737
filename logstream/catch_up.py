"""What one client reads for itself: the entries that are stored, until it can join the feed (promise S4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from jobs.queries import START, Page, Position
from logstream.feed import FeedHost
from logstream.log_feed import LogFeed


async def last_entries(live: FeedHost, feed: LogFeed, limit: int, end: Position) -> AsyncIterator[bytes]:
    """The last `limit` matching entries up to `end`, in as many events as their size asks for."""
    log = feed.client_log()
    page = await live.read(log.last, limit, START, end)
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
        page: Page = await live.read(log.after, start, end)
        scanned = position_of_last(page) if page.has_more else end
        yield feed.encode(page.records, has_older, scanned)
        if not page.has_more:
            return
        start, has_older = scanned, True


def position_of_last(page: Page) -> Position:
    return Position(page.records[-1].line, page.records[-1].id)
