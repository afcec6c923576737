"""The feed of the list of jobs: rows as they come, change and go, and the numbers above the list."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count
from django.utils import timezone

from jobs.cursors import newest_position
from jobs.models import SERVICE_JOB_ID, AppendedBatch, DeletedJob, Job
from jobs.models.record import wire_time
from jobs.queries import START, Position
from jobs.rows import JobRow, job_row
from logstream.events import event
from logstream.feed import Feed, FeedHost, FeedKey
from logstream.news import Changed, Deleted
from logstream.subscription import Frame

JOB_INTERVAL_S = 1.0  # each job is told of at most this often
STATS_INTERVAL_S = 5.0
OVERLAP = timedelta(seconds=3)  # clocks of writers differ, and a commit comes after its `updated_at`
MOST_ROWS = 500  # in one reading


class JobsFeed(Feed):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self.stats = b"{}"
        self._told_stats: dict[str, object] = {}
        self._stats_read_at = -1e9
        self._mark = timezone.now()  # changes before it have been looked at
        self._started_at = timezone.now()
        self._dirty: set[UUID] = set()
        self._announced: set[UUID] = set()
        self._gone: set[UUID] = set()
        self._told: dict[UUID, tuple[int, float]] = {}  # revision and when, of what was told lately

    def unit(self, position: Position) -> int:
        return 0  # there is no cursor: a page that comes back reads the list again

    def next_duty_at(self) -> float:
        duties = [self._stats_read_at + STATS_INTERVAL_S]
        if self._dirty:
            duties.append(min(self._due_at_of(job_id) for job_id in self._dirty))
        return min(duties)

    async def start(self) -> None:
        await self._read_stats()

    async def work(self, news: list[object]) -> None:
        must_look = False
        for item in news:
            if isinstance(item, AppendedBatch | Changed):
                self._dirty.add(item.job_id)
            elif isinstance(item, Deleted):
                self._tell_deleted(item.job_id)
            else:
                must_look = True
        if must_look:
            await self._look()
        await self._tell_changed()
        if self.live.loop.time() >= self._stats_read_at + STATS_INTERVAL_S:
            await self._read_stats()

    async def _look(self) -> None:
        """Finds what other processes have changed."""
        since = self._mark - OVERLAP
        self._mark = timezone.now()
        changed, deleted = await self.live.read(changes_since, since)
        for job_id, revision in changed:
            if self._told.get(job_id, (0, 0.0))[0] < revision:
                self._dirty.add(job_id)
        for job_id in deleted:
            self._tell_deleted(job_id)

    async def _tell_changed(self) -> None:
        now = self.live.loop.time()
        due = {job_id for job_id in self._dirty if self._due_at_of(job_id) <= now} - {SERVICE_JOB_ID}
        self._dirty -= due | {SERVICE_JOB_ID}
        if due:
            for row in await self.live.read(read_rows, due):
                self._tell(row, now)
        if len(self._told) > 10_000:
            self._told = {key: told for key, told in self._told.items() if told[1] > now - 60}

    def _tell(self, row: JobRow, now: float) -> None:
        job_id = UUID(row.id)
        is_new = job_id not in self._announced and row.created_at >= wire_time(self._started_at)
        self._announced.add(job_id)
        self._told[job_id] = (row.revision, now)
        self._send("job:created" if is_new else "job:updated", msgspec.json.encode(row))

    def _tell_deleted(self, job_id: UUID) -> None:
        if job_id not in self._gone:
            self._gone.add(job_id)
            self._send("job:deleted", msgspec.json.encode({"id": str(job_id)}))

    async def changes_for(self, since: datetime) -> list[bytes]:
        """The events for a client that fell behind at `since`: the rows that changed, as they are now."""
        changed, deleted = await self.live.read(changes_since, since - OVERLAP)
        rows = await self.live.read(read_rows, {job_id for job_id, _ in changed})
        gone = [event("job:deleted", msgspec.json.encode({"id": str(job_id)})) for job_id in deleted]
        return [event("job:updated", msgspec.json.encode(row)) for row in rows] + gone

    def _due_at_of(self, job_id: UUID) -> float:
        return self._told.get(job_id, (0, -1e9))[1] + JOB_INTERVAL_S

    def _send(self, name: str, data: bytes) -> None:
        self._batch_sent_at = self.live.loop.time()
        self.broadcast(Frame(event(name, data), START))

    async def _read_stats(self) -> None:
        self._stats_read_at = self.live.loop.time()
        stats = await self.live.read(read_stats)
        newest: Position = stats.pop("newest")
        stats["entries_per_second"] = self.live.meter.rate(newest.id)
        stats["active_streams"] = self.live.stream_count
        stats["active_users"] = self.live.user_count
        if stats != self._told_stats:
            self._told_stats, self.stats = stats, msgspec.json.encode(stats)
            self._send("job:stats", self.stats)


def changes_since(since: datetime) -> tuple[list[tuple[UUID, int]], list[UUID]]:
    """Jobs changed since then, with their revisions, and jobs deleted since then."""
    changed = Job.objects.listed().filter(updated_at__gt=since).order_by("updated_at")
    deleted = DeletedJob.objects.filter(deleted_at__gt=since)
    return list(changed.values_list("pk", "revision")), list(deleted.values_list("pk", flat=True))


def read_rows(job_ids: set[UUID]) -> list[JobRow]:
    """The rows of these jobs as they are now, oldest first; those that are gone are left out."""
    wanted = sorted(job_ids)
    rows: list[JobRow] = []
    for begin in range(0, len(wanted), MOST_ROWS):
        jobs = Job.objects.listed().select_related("created_by").defer("spec", "result")
        rows += [job_row(job) for job in jobs.filter(pk__in=wanted[begin : begin + MOST_ROWS])]
    return sorted(rows, key=lambda row: row.created_at)


def read_stats() -> dict[str, Any]:
    groups = Job.objects.listed().order_by().values_list("status", "kind").annotate(Count("pk"))
    by_status: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    for status, kind, count in groups:
        by_status[status] += count
        by_kind[kind] += count
    return {
        "total": by_status.total(),
        "by_status": dict(by_status),
        "by_kind": dict(by_kind),
        "newest": newest_position(None, 0),
    }
