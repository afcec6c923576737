"""The feed of everything: the entries of all jobs and of the service job, by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from jobs.models import AppendedBatch, EntryRecord
from jobs.queries import Filter, Log, Page, Position
from jobs.queries.cursors import CursorReset, newest_position, require_unbroken
from jobs.queries.log_page import counts_of
from jobs.queries.snapshots import snapshot
from logstream.feeds.base import STATUS_INTERVAL_S, FeedHost, FeedKey
from logstream.feeds.batches import take_in_line
from logstream.feeds.entries import EntriesFeed
from logstream.feeds.status_timer import StatusTimer
from logstream.version import VERSION

QUIET_STATUS_INTERVAL_S = 5.0  # of a status, while no news come that may have changed it


class ServiceFeed(EntriesFeed):
    """It never ends."""

    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self._everything = Log(None)
        self._status: dict[str, object] = {}
        self._sent_status: dict[str, object] = {}
        self._status_timer = StatusTimer(live.loop.time)  # from one reading to the next
        self._has_news = False  # since the status was read

    def unit(self, position: Position) -> int:
        return position.id

    def next_duty_at(self) -> float:
        return min(super().next_duty_at(), self._status_timer.due_at(self._status_interval))

    @property
    def status(self) -> bytes:
        return msgspec.json.encode({"service": self._status})

    async def start(self) -> None:
        self.scanned, self.counts = await self.live.read(self._position_and_counts)
        await self.begin_counts()
        await self._read_status()
        self._sent_status = self._status

    async def work(self, news: list[object]) -> None:
        self._has_news = self._has_news or bool(news)
        if not self._take(news):
            await self._read()
        self.send_counts()
        if self._status_timer.is_due(self._status_interval):
            await self._read_status()
            if self._status != self._sent_status:
                self._sent_status = self._status
                self.send_status(self.status)

    @property
    def _status_interval(self) -> float:
        return STATUS_INTERVAL_S if self._has_news else QUIET_STATUS_INTERVAL_S

    def _take(self, news: Sequence[object]) -> bool:
        """Sends entries that came with the news; False when there is something to read."""
        taken = take_in_line(news, ids_of, self.scanned.id)
        if taken.batches:
            self._count(taken.records)
            self.send_entries(taken.records, Position(0, taken.last.ids[-1]))
        return taken.is_complete

    def _count(self, records: Sequence[EntryRecord]) -> None:
        """Adds to the counters of what was asked for (one step, one job or all)."""
        wanted = self.key.wanted
        bounds = Filter(job=wanted.job, step=wanted.step).matcher()
        for level, count in Counter(record.level for record in records if not bounds or bounds(record)).items():
            self.counts[level] += count
            self.counts["total"] += count

    async def _read(self) -> None:
        while True:
            try:
                page, self.counts = await self.live.read(self._page_and_counts)
            except CursorReset as why:
                end, self.counts = await self.live.read(self._position_and_counts)
                await self.begin_anew(why, end)
                return
            if page.records:
                self.send_entries(page.records, Position(0, page.records[-1].id))
            if not page.has_more:
                return

    def _position_and_counts(self) -> tuple[Position, dict[str, int]]:
        with snapshot():
            return newest_position(None, 0), self._stored_counts()

    def _page_and_counts(self) -> tuple[Page, dict[str, int]]:
        """Of one moment, for the entries that come later are counted on from here."""
        with snapshot():
            require_unbroken(None, self.scanned)
            return self._everything.after(self.scanned), self._stored_counts()

    def _stored_counts(self) -> dict[str, int]:
        return counts_of(self.key.wanted.job, self.key.wanted.step)

    async def _read_status(self) -> None:
        self._status_timer.restart()
        self._has_news = False
        self._status = {
            "status": "running",
            "version": VERSION,
            "started_at": self.live.started_at,
            "jobs": (await self.live.numbers.current()).by_status,
            "streams": self.live.stream_count,
            "entries_per_second": self.live.meter.rate(self.scanned.id),
        }


def ids_of(batch: AppendedBatch) -> Sequence[int]:
    return batch.ids
