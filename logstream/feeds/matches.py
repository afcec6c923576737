"""How many entries match a filter that no counter knows: counted once up to the feed's start, and then added to."""

from __future__ import annotations

import asyncio
import logging

from django.db import DatabaseError

from jobs.patience import Pauses
from jobs.queries import Log, Position
from jobs.queries.known_counts import count_up_to
from logstream.feeds.base import Feed
from logstream.stepping import Stepwise

logger = logging.getLogger(__name__)

FEW_ENTRIES = 5_000  # a log that is looked through in no time


class MatchCount:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._count = 0
        self._counting: asyncio.Task[None] | None = None  # of the entries that were there before the feed

    @property
    def count(self) -> int | None:
        """Matching entries up to the feed's cursor; None while they are being counted."""
        return None if self.is_counting else self._count

    @property
    def is_counting(self) -> bool:
        return self._counting is not None

    def add(self, matching: int) -> None:
        self._count += matching

    async def begin(self, log: Log, total: int, end: Position) -> None:
        """Finds out how many entries of the log, which has `total` unfiltered, match up to `end`: at once when it is
        short. Else meanwhile, in turns with what others search for. Only the end of the stream waits for that.
        """
        self._stop()
        self._count = 0
        if log.filter.is_counted:
            return
        if total <= FEW_ENTRIES:
            self._count = await self._feed.live.read(log.count, end)
        else:
            self._counting = asyncio.get_running_loop().create_task(self._count_up_to(log, end))

    def _stop(self) -> None:
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None

    async def _count_up_to(self, log: Log, end: Position) -> None:
        feed, pauses = self._feed, Pauses()
        while not feed.is_over:
            counting = Stepwise(feed.live, feed.user_id, count_up_to(log, end))
            try:
                async for _ in counting:
                    if feed.is_over:  # the last client has gone
                        return
            except DatabaseError as error:
                logger.warning("feed of %s could not count: %s", feed.key, error)
                await asyncio.sleep(pauses.next())
            else:
                self._count += counting.result
                self._counting = None
                feed.notify(None)
                return
