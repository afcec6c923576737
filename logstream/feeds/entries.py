"""A feed of entries, as a job's, a family's and the service's are: from entries to frames."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from jobs.models import EntryRecord
from jobs.models.counters import count_from
from jobs.models.record import wire_size
from jobs.queries import PAGE_BYTES, PAGE_ENTRIES, Log, Position
from jobs.queries.cursors import CursorReset
from logstream.feeds.base import Feed, FeedHost, FeedKey
from logstream.feeds.matches import MatchCount
from logstream.frames import Frame

EMPTY_INTERVAL_S = 1.0  # how often counts alone are sent


class EntriesFeed(Feed):
    """Entries in, frames out. `counts` are the counters that bound the request (job, step or all)."""

    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self.counts: dict[str, int] = {}
        self.matches = MatchCount(self)
        # A family's entries come through SQL alone, filtered already.
        self._does_match = key.wanted.matcher() if key.wanted.family is None else None
        self._sent_standing: object = None
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
        """How many entries match; None while it is not known yet."""
        wanted = self.key.wanted
        return count_from(self.counts, wanted.level or 0) if wanted.is_counted else self.matches.count

    def next_duty_at(self) -> float:
        """When counts alone are due."""
        return float("inf") if self._standing == self._sent_standing else self.batch_sent_at + EMPTY_INTERVAL_S

    # Entries.

    async def begin_counts(self) -> None:
        """Counts what matches up to the cursor. A client that joins from now on gets the counts as they are."""
        await self.matches.begin(self.client_log(), self.total, self.scanned)
        self._sent_standing = self._standing

    def send_entries(self, records: Sequence[EntryRecord], end: Position) -> None:
        """Filters entries that were just taken or read, up to `end`, and sends those that match."""
        matching = [record for record in records if self._does_match(record)] if self._does_match else records
        self.matches.add(len(matching))
        for batch, batch_end in split(matching, end):
            self.scanned = batch_end
            self._send_batch(batch)
        self.scanned = end

    async def begin_anew(self, why: CursorReset, end: Position) -> None:
        """Entries up to `end` are gone or were passed over: all clients read for themselves what is there."""
        self.scanned = end
        await self.matches.begin(self.client_log(), self.total, end)
        for client in tuple(self.clients):
            client.reset(why)

    def send_counts(self) -> None:
        """Sends counts, or a place, that no entries have brought: at most once a second, and then surely."""
        if self._standing != self._sent_standing and self.live.loop.time() >= self.batch_sent_at + EMPTY_INTERVAL_S:
            self._send_batch([])

    @property
    def _standing(self) -> object:
        """Where the feed is, and with which counts."""
        return self.scanned, self.total, self.displayed

    def _send_batch(self, records: Sequence[EntryRecord]) -> None:
        total, displayed = self.total, self.displayed
        has_more = displayed is None or displayed > len(records)
        data = self.key.format.entries(records, total, displayed, has_more, self.scanned.id)
        self._sent_standing = self.scanned, total, displayed
        self.broadcast_batch(data)

    # The status and the end.

    def send_status(self, payload: bytes) -> None:
        self.broadcast_note(self.key.format.status(payload, self.scanned.id))

    def end_finished(self, status: str, exit_code: int | None, payload: bytes, payload_of_changes: bytes) -> None:
        """Sends the last counts, the last status and the end (S8).

        Clients that are there get the changes of the steps. Those that come later, or have lost some, were sent a
        status with all steps before, and get `payload`.
        """
        if self._standing != self._sent_standing:
            self._send_batch([])
        style = self.key.format
        done = style.done(status, exit_code)
        self.end((style.status(payload, self.scanned.id), done), style.status(payload_of_changes, self.scanned.id))

    def end_deleted(self) -> None:
        self.is_deleted = True
        self.end((self.key.format.reset("deleted"),))

    def end(self, frames: tuple[bytes, ...], first: bytes | None = None) -> None:
        """Ends with these frames; clients that are there get `first` in place of the first of them."""
        self.end_frames = frames
        self.is_over = True
        self.broadcast(Frame(b"".join(frames if first is None else (first, *frames[1:])), self.scanned, is_last=True))


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
