"""The feed of one job through one filter: its entries, its status, its end (promises S1, S3, S8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import msgspec

from jobs.models import COLUMN_NAMES, AppendedBatch, Job
from jobs.models.job import LARGE_COLUMNS
from jobs.queries import Log, Page, Position
from jobs.queries.cursors import CursorReset, ResetReason, newest_position
from jobs.queries.long_reads import unbroken
from jobs.queries.rows import JobSummary, job_summary
from jobs.queries.snapshots import snapshot
from logstream.feeds.base import FeedHost, FeedKey
from logstream.feeds.batches import take_in_line
from logstream.feeds.entries import EntriesFeed
from logstream.feeds.job_steps import JobSteps, StepMembers, StepsReading, read_steps
from logstream.feeds.run_status import RunStatus
from logstream.news import Changed


class StatusPayload(msgspec.Struct):
    job: JobSummary
    steps: msgspec.Raw
    steps_total: int | msgspec.UnsetType
    partial: bool | msgspec.UnsetType


class JobReading(NamedTuple):
    job: Job
    steps: StepsReading


def read_job(job_id: UUID, known: JobSteps) -> JobReading | None:
    """The job's row, and what changed of its steps, of one moment. None: it is not there."""
    with snapshot():
        job = Job.objects.defer(*LARGE_COLUMNS, "attributes").filter(pk=job_id).first()
        return None if job is None else JobReading(job, read_steps(job_id, known))


@dataclass
class JobState:
    """A job's row as last read, with its counters moved on by the batches taken since."""

    job: Job

    def apply(self, batch: AppendedBatch) -> None:
        if batch.last_line > self.job.last_line:
            self.job.last_line, self.job.revision = batch.last_line, max(batch.job_revision, self.job.revision)
            for column, count in zip(COLUMN_NAMES, batch.counts, strict=True):
                setattr(self.job, column, count)

    @property
    def is_finished(self) -> bool:
        return self.job.is_finished

    def payload(self, steps: StepMembers) -> bytes:
        return msgspec.json.encode(StatusPayload(job_summary(self.job), *steps))

    def signature(self) -> object:
        return self.job.name, self.job.status


class JobFeed(EntriesFeed):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        assert key.topic.job_id is not None
        self.job_id: UUID = key.topic.job_id
        self.known_line = 0  # the newest line and revision that are here or on their way here
        self.known_revision = 0
        self.run_status: RunStatus[JobState] = RunStatus(self)
        self._everything = Log(self.job_id)

    @property
    def job(self) -> Job:
        return self.run_status.state.job

    @property
    def status(self) -> bytes:
        return self.run_status.payload

    def unit(self, position: Position) -> int:
        return position.line

    def next_duty_at(self) -> float:
        return min(super().next_duty_at(), self.run_status.due_at)

    def is_urgent_news(self, news: object) -> bool:
        if isinstance(news, AppendedBatch):
            self.known_line = max(self.known_line, news.last_line)
            self.known_revision = max(self.known_revision, news.job_revision)
        return isinstance(news, Changed) and news.is_urgent

    async def start(self) -> None:
        reading = await self._read_job()
        if reading is None:
            return
        self.scanned = await self.live.read(newest_position, self.job_id, reading.last_line)
        self.run_status.note_sent()
        await self.begin_counts()
        self._end_if_finished()

    async def work(self, news: list[object]) -> None:
        if not self._take(news):
            await self._read()
        if not self.is_over and not self._end_if_finished():
            self.send_counts()
            self.run_status.send_if_due()

    def _end_if_finished(self) -> bool:
        """Whether the job has ended and every entry of it was sent, and so the feed is over."""
        return self.scanned.line >= self.job.last_line and self.run_status.end_if_finished()

    def _take(self, news: Sequence[object]) -> bool:
        """Sends entries that came with the news; False when there is something to read."""
        taken = take_in_line(news, lines_of, self.scanned.line)
        if taken.batches:
            for batch in taken.batches:
                self._apply(batch)
            self._update_counts()
            self.send_entries(taken.records, Position(taken.last.last_line, taken.last.ids[-1]))
        return taken.is_complete

    def _apply(self, batch: AppendedBatch) -> None:
        self.run_status.state.apply(batch)
        for step_id, step in batch.steps.items():
            self.run_status.steps.count(step_id, step.counts)

    async def _read(self) -> None:
        job = await self._read_job()
        if job is None:
            return
        last_line = job.last_line
        while self.scanned.line < last_line:
            try:
                page = await self.live.read(self._page_up_to, last_line)
            except CursorReset as why:
                await self._lose(why, last_line)
                return
            newest = page.records[-1].id if page.records else self.scanned.id
            end = page.records[-1].line if page.has_more else last_line
            self.send_entries(page.records, Position(end, newest))

    def _page_up_to(self, last_line: int) -> Page:
        log = self._everything
        return unbroken(log, self.scanned, log.after, self.scanned, Position(last_line, 0))

    async def _lose(self, why: CursorReset, last_line: int) -> None:
        """Entries are gone before this feed has read them."""
        if why.reason is ResetReason.DELETED:
            self.end_deleted()
        else:
            await self.begin_anew(why, await self.live.read(newest_position, self.job_id, last_line))

    async def _read_job(self) -> Job | None:
        """The job as it is now, which becomes the state. None: it is gone, and the feed is over."""
        reading = await self.live.read(read_job, self.job_id, self.run_status.steps)
        if reading is None:
            self.end_deleted()
            return None
        job = reading.job
        self.run_status.steps.keep(reading.steps)
        self.run_status.state = JobState(job)
        self.known_line = max(self.known_line, job.last_line)
        self.known_revision = max(self.known_revision, job.revision)
        self._update_counts()
        return job

    def _update_counts(self) -> None:
        step = self.run_status.steps.rows.get(str(self.key.wanted.step))
        self.counts = (step or self.job).counts


def lines_of(batch: AppendedBatch) -> Sequence[int]:
    return range(batch.first_line, batch.last_line + 1)
