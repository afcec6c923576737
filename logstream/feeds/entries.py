"""What the feeds of entries share, a job's and the service's: from entries to frames."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Sequence

from django.db import DatabaseError

from jobs.models import EntryRecord
from jobs.models.counters import count_from
from jobs.models.record import wire_size
from jobs.queries import PAGE_BYTES, PAGE_ENTRIES, Log, Position
from jobs.queries.cursors import CursorReset
from jobs.queries.known_counts import count_up_to
from logstream.feeds.base import RETRY_AFTER_FAILURE_S, Feed, FeedHost, FeedKey
from logstream.stepping import Stepwise
from logstream.subscription import Frame

logger = logging.getLogger(__name__)

FEW_ENTRIES = 5_000  # a log that is looked through in no time
EMPTY_INTERVAL_S = 1.0  # how often counts alone are told


class LogFeed(Feed):
    """Entries in, frames out. `counts` are the counters that bound the request (job, step or all)."""

    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self.counts: dict[str, int] = {}
        # A family's entries come through SQL alone, filtered already.
        self._matches = key.wanted.matcher() if key.wanted.family is None else None
        self._counted = 0  # matching entries up to `scanned`, where the counters cannot tell
        self._counting: asyncio.Task[None] | None = None  # those that were there before the feed
        self._told: object = None  # up to where, and with which counts
        self.end_frames: tuple[bytes, ...] = ()  # what a client gets that comes after the end
        self.is_deleted = False

    @property
    @abstractmethod
    def status(self) -> bytes:
        """The data of a `status` event, as of now."""

    def encode_status(self, scanned: Position | None = None) -> bytes:
        return self.key.format.status(self.status, None if scanned is None else scanned.id)

    def encode(self, records: Sequence[EntryRecord], has_more: bool, scanned: Position) -> bytes:
        """Entries with the counts of now; `has_more`: there are older ones. They bring a client to `scanned`."""
        return self.key.format.entries(records, self.total, self.displayed, has_more, scanned.id)

    def client_log(self) -> Log:
        """What a client reads that must catch up: the same entries, through the same filter."""
        return Log(self.key.topic.job_id, self.key.wanted)

    @property
    def total(self) -> int:
        return self.counts["total"]

    @property
    def displayed(self) -> int | None:
        wanted = self.key.wanted
        if wanted.is_counted:
            return count_from(self.counts, wanted.level or 0)
        return None if self.is_counting else self._counted

    @property
    def is_counting(self) -> bool:
        """Whether it is not known yet how many entries match."""
        return self._counting is not None

    async def begin_counting(self, end: Position) -> None:
        """Finds out how many entries match up to `end`, where no counters tell it: at once when there are few.

        Else meanwhile, in turns with what others search for. Nothing waits for that but the end of the stream.
        """
        self._counted = 0
        if self.key.wanted.is_counted:
            return
        if self.total <= FEW_ENTRIES:
            self._counted = await self.live.read(self.client_log().count, end)
        else:
            self._counting = asyncio.get_running_loop().create_task(self._count_up_to(end))

    async def _count_up_to(self, end: Position) -> None:
        while not self.is_over:
            counting = Stepwise(self.live, self.user_id, count_up_to(self.client_log(), end))
            try:
                async for _ in counting:
                    if self.is_over:
                        return  # nobody wants to know any more
            except DatabaseError as error:
                logger.warning("feed of %s could not count: %s", self.key, error)
                await asyncio.sleep(RETRY_AFTER_FAILURE_S)
            else:
                self._counted += counting.result
                self._counting = None
                self.hear(None)
                return

    def send_entries(self, records: Sequence[EntryRecord], end: Position) -> None:
        """Filters entries that were just taken or read, up to `end`, and sends those that match."""
        matching = [record for record in records if self._matches(record)] if self._matches else records
        self._counted += len(matching)
        for batch, batch_end in split(matching, end):
            self.scanned = batch_end
            self._send_batch(batch)
        self.scanned = end

    async def begin_anew(self, why: CursorReset, end: Position) -> None:
        """Entries up to `end` are gone or were passed over: all clients read for themselves what is there."""
        self.scanned = end
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        await self.begin_counting(end)
        for client in tuple(self.clients):
            client.reset(why)

    def begin_counts(self) -> None:
        """Notes that whoever joins now is told the counts as they are."""
        self._told = self._standing

    def send_counts(self) -> None:
        """Sends counts, or a place, that no entries have brought: at most once a second, and then surely."""
        if self.live.loop.time() >= self.next_counts_at:
            self._send_batch([])

    def send_last_counts(self) -> None:
        """The same at once, for what follows is the end."""
        if self._standing != self._told:
            self._send_batch([])

    @property
    def next_counts_at(self) -> float:
        return float("inf") if self._standing == self._told else self._batch_sent_at + EMPTY_INTERVAL_S

    def next_duty_at(self) -> float:
        return self.next_counts_at

    @property
    def _standing(self) -> object:
        return self.scanned, self.total, self.displayed

    def _send_batch(self, records: Sequence[EntryRecord]) -> None:
        has_more = self.displayed is None or self.displayed > len(records)
        data = self.encode(records, has_more, self.scanned)
        self._batch_sent_at = self.live.loop.time()
        self._told = self._standing
        self.broadcast(Frame(data, self.scanned))


def split(records: Sequence[EntryRecord], end: Position) -> list[tuple[Sequence[EntryRecord], Position]]:
    """Cuts entries into batches of at most PAGE_ENTRIES and about PAGE_BYTES; the last one reaches to `end`."""
    batches: list[Sequence[EntryRecord]] = []
    begin = size = 0
    for index, record in enumerate(records):
        length = wire_size(record)
        if index > begin and (index - begin >= PAGE_ENTRIES or size + length > PAGE_BYTES):
            batches.append(records[begin:index])
            begin, size = index, 0
        size += length
    if len(records) > begin:
        batches.append(records[begin:])
    ends = [Position(batch[-1].line, batch[-1].id) for batch in batches[:-1]] + [end]
    return list(zip(batches, ends, strict=False))
