"""What one client reads for itself: the entries that are stored, until it can join the feed (promise S4).

What is to be searched for is read step by step, in turns with what others search for. After each step the stream has
a moment, in which it sends nothing, to notice that it is closed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from jobs.queries import START, Page, Position, long_reads
from logstream.feeds.base import FeedHost
from logstream.feeds.entries import EntriesFeed
from logstream.stepping import Stepwise


class Reader(NamedTuple):
    """For whom is read, and what."""

    live: FeedHost
    feed: EntriesFeed
    user_id: int

    async def last_entries(self, limit: int, end: Position) -> AsyncIterator[bytes]:
        """The last `limit` matching entries up to `end`, in as many events as their size asks for."""
        log = self.feed.client_log()
        reading = Stepwise(self.live, self.user_id, long_reads.last(log, limit, end))
        async for nothing in reading:
            yield nothing
        page = reading.result
        if not page.has_more or len(page.records) == limit:
            yield self.feed.encode(page.records, page.has_more, end)
            return
        finding = Stepwise(
            self.live, self.user_id, long_reads.before_last(log, limit, end)
        )  # too many bytes for one event
        async for nothing in finding:
            yield nothing
        async for data in self.entries_between(finding.result, end, has_older=finding.result != START):
            yield data

    async def entries_after(self, start: Position, end: Position) -> AsyncIterator[bytes]:
        """Every matching entry in (start, end]: what a client missed."""
        has_older = False
        if start.id > 0:
            looking = Stepwise(self.live, self.user_id, long_reads.has_up_to(self.feed.client_log(), start))
            async for nothing in looking:
                yield nothing
            has_older = looking.result
        async for data in self.entries_between(start, end, has_older):
            yield data

    async def entries_between(self, start: Position, end: Position, has_older: bool) -> AsyncIterator[bytes]:
        """Pages of (start, end]; one event at least, so that the client has a cursor and counts."""
        log = self.feed.client_log()
        while True:
            reading = Stepwise(self.live, self.user_id, long_reads.after(log, start, end))
            async for nothing in reading:
                yield nothing
            page = reading.result
            scanned = position_of_last(page) if page.has_more else end
            yield self.feed.encode(page.records, has_older, scanned)
            if not page.has_more:
                return
            start, has_older = scanned, True


def position_of_last(page: Page) -> Position:
    return Position(page.records[-1].line, page.records[-1].id)
