"""The feed of the list of jobs: rows as they come, change and go, and the numbers above the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.utils import timezone

from jobs.models import SERVICE_JOB_ID, AppendedBatch, DeletedJob, Job
from jobs.models.job import LARGE_COLUMNS
from jobs.models.record import wire_time
from jobs.queries import Position
from jobs.queries.parts import in_parts
from jobs.queries.rows import JobRow, job_row
from logstream.events import event
from logstream.feeds.base import Feed, FeedHost, FeedKey
from logstream.feeds.status_timer import StatusTimer
from logstream.news import Changed, Deleted, StreamsChanged
from logstream.numbers import Numbers

JOB_CREATED, JOB_UPDATED, JOB_DELETED, JOB_STATS = "job:created", "job:updated", "job:deleted", "job:stats"

JOB_INTERVAL_S = 1.0  # a job's row is sent at most this often
STATS_INTERVAL_S = 1.0  # of numbers of which it is known that they have changed,
QUIET_STATS_INTERVAL_S = 5.0  # and of all others
OVERLAP = timedelta(seconds=3)  # a commit comes after its `updated_at`
WIDE_OVERLAP = timedelta(minutes=15)  # and the clocks of other machines may be behind ours,
WIDE_INTERVAL_S = 5.0  # for which we look so often


class SentRow(NamedTuple):
    """What was sent of a job lately."""

    revision: int
    at: float
    group: tuple[str, str]  # status and kind, in which it is counted


NEVER_SENT = SentRow(0, -1e9, ("", ""))


class Stats(msgspec.Struct):
    """The data of `job:stats`."""

    total: int
    by_status: dict[str, int]
    by_kind: dict[str, int]
    entries_per_second: float
    active_streams: int
    active_users: int
    active_sessions: Sequence[object]  # the newest of them


class JobsFeed(Feed):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self.stats = b"{}"
        self._stats_timer = StatusTimer(live.loop.time)
        self._must_count = False  # jobs have come, gone, or are of another status
        self._have_streams_changed = False
        self._mark = timezone.now()  # changes before it have been looked at
        self._started_at = timezone.now()
        self._dirty: set[UUID] = set()
        self._announced: set[UUID] = set()
        self._gone: set[UUID] = set()
        self._sent: dict[UUID, SentRow] = {}
        self._known: dict[UUID, int] = {}  # the revisions that the last wide look has found
        self._look_wide_at = -1e9

    def unit(self, position: Position) -> int:
        return 0  # there is no cursor: a page that comes back reads the list again

    def next_duty_at(self) -> float:
        duties = [self._stats_due_at()]
        if self._dirty:
            duties.append(min(self._due_at_of(job_id) for job_id in self._dirty))
        return min(duties)

    def _stats_due_at(self) -> float:
        soon = self._stats_timer.due_at(STATS_INTERVAL_S)
        if self._have_streams_changed:
            return soon
        if self._must_count:
            return max(soon, self.live.numbers.next_at)
        return self._stats_timer.due_at(QUIET_STATS_INTERVAL_S)

    async def start(self) -> None:
        await self._look()
        self._dirty.clear()  # the list that is read after this has them
        await self._send_stats()

    async def work(self, news: list[object]) -> None:
        must_look = False
        for item in news:
            if isinstance(item, AppendedBatch | Changed):
                self._dirty.add(item.job_id)
            elif isinstance(item, Deleted):
                self._send_deleted(item.job_id)
            elif isinstance(item, StreamsChanged):
                self._have_streams_changed = True
            else:
                must_look = True
        if must_look:
            await self._look()
        await self._send_changed()
        if self.live.loop.time() >= self._stats_due_at():
            await self._send_stats()

    async def _look(self) -> None:
        """Finds what other processes have changed."""
        is_wide = self.live.loop.time() >= self._look_wide_at
        since = self._mark - (WIDE_OVERLAP if is_wide else OVERLAP)
        self._mark = timezone.now()
        changed, deleted = await self.live.read(changes_since, since)
        for job_id, revision in changed:
            if max(self._sent.get(job_id, NEVER_SENT).revision, self._known.get(job_id, 0)) < revision:
                self._dirty.add(job_id)
        if is_wide:
            self._known = dict(changed)
            self._look_wide_at = self.live.loop.time() + WIDE_INTERVAL_S
        for job_id in deleted:
            self._send_deleted(job_id)

    async def _send_changed(self) -> None:
        now = self.live.loop.time()
        due = {job_id for job_id in self._dirty if self._due_at_of(job_id) <= now} - {SERVICE_JOB_ID}
        self._dirty -= due | {SERVICE_JOB_ID}
        if due:
            for row in await self.live.read(read_rows, due):
                self._send_row(row, now)
        if len(self._sent) > 10_000:
            self._sent = {key: sent for key, sent in self._sent.items() if sent.at > now - 60}

    def _send_row(self, row: JobRow, now: float) -> None:
        job_id = UUID(row.id)
        is_new = job_id not in self._announced and row.created_at >= wire_time(self._started_at)
        self._announced.add(job_id)
        group = (row.status, row.kind)
        self._must_count = self._must_count or group != self._sent.get(job_id, NEVER_SENT).group
        self._sent[job_id] = SentRow(row.revision, now, group)
        self._send_event(JOB_CREATED if is_new else JOB_UPDATED, msgspec.json.encode(row))

    def _send_deleted(self, job_id: UUID) -> None:
        if job_id not in self._gone:
            self._gone.add(job_id)
            self._must_count = True
            self._send_event(JOB_DELETED, msgspec.json.encode({"id": str(job_id)}))

    async def changes_for(self, since: datetime) -> list[bytes]:
        """The events for a client that fell behind at `since`: the rows that changed, as they are now."""
        changed, deleted = await self.live.read(changes_since, since - OVERLAP)
        seen_at = self.live.loop.time() - (timezone.now() - since).total_seconds()
        sent = {job_id for job_id, sent in self._sent.items() if sent.at >= seen_at}  # whatever their writers' clocks
        rows = await self.live.read(read_rows, sent | {job_id for job_id, _ in changed})
        gone = [event(JOB_DELETED, msgspec.json.encode({"id": str(job_id)})) for job_id in deleted]
        return [event(JOB_UPDATED, msgspec.json.encode(row)) for row in rows] + gone

    def _due_at_of(self, job_id: UUID) -> float:
        return self._sent.get(job_id, NEVER_SENT).at + JOB_INTERVAL_S

    def _send_event(self, name: str, data: bytes) -> None:
        self.broadcast_batch(event(name, data))

    async def _send_stats(self) -> None:
        """The numbers above the list, when they are not what was sent."""
        self._stats_timer.restart()
        self._have_streams_changed = False
        if self.live.loop.time() >= self.live.numbers.next_at:
            self._must_count = False  # what changes from here on may not be counted
        stats = self._stats(await self.live.numbers.current())
        sent, self.stats = self.stats, msgspec.json.encode(stats)
        if sent != self.stats:
            self._send_event(JOB_STATS, self.stats)

    def _stats(self, numbers: Numbers) -> Stats:
        return Stats(
            numbers.total,
            numbers.by_status,
            numbers.by_kind,
            self.live.meter.rate(numbers.newest_entry_id),
            self.live.stream_count,
            self.live.user_count,
            self.live.sessions,
        )


def changes_since(since: datetime) -> tuple[list[tuple[UUID, int]], list[UUID]]:
    """Jobs changed since then, with their revisions, and jobs deleted since then."""
    changed = Job.objects.listed().filter(updated_at__gt=since).order_by("updated_at")
    deleted = DeletedJob.objects.filter(deleted_at__gt=since)
    return list(changed.values_list("pk", "revision")), list(deleted.values_list("pk", flat=True))


def read_rows(job_ids: set[UUID]) -> list[JobRow]:
    """The rows of these jobs as they are now, oldest first; those that are gone are left out."""
    rows: list[JobRow] = []
    for wanted in in_parts(sorted(job_ids)):
        jobs = Job.objects.listed().select_related("created_by").defer(*LARGE_COLUMNS)
        rows += [job_row(job) for job in jobs.filter(pk__in=wanted)]
    return sorted(rows, key=lambda row: row.created_at)
