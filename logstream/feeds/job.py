"""The feed of one job through one filter: its entries, its status, its end (promises S1, S3, S8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import msgspec

from jobs.models import COLUMN_NAMES, AppendedBatch, EntryRecord, Job
from jobs.queries import Log, Page, Position
from jobs.queries.cursors import CursorReset, ResetReason, newest_position
from jobs.queries.long_reads import unbroken
from jobs.queries.rows import JobSummary, job_summary
from jobs.queries.snapshots import snapshot
from logstream.feeds.base import FeedHost, FeedKey
from logstream.feeds.ending import EndingFeed
from logstream.feeds.job_steps import Steps, StepsReading, StepsTold, read_steps
from logstream.news import Changed


class StatusPayload(msgspec.Struct):
    job: JobSummary
    steps: msgspec.Raw
    steps_total: int | msgspec.UnsetType
    partial: bool | msgspec.UnsetType


class JobReading(NamedTuple):
    job: Job
    steps: StepsReading


def read_job(job_id: UUID, known: Steps) -> JobReading | None:
    """The job's row, and what changed of its steps, of one moment. None: it is not there."""
    with snapshot():
        job = Job.objects.defer("spec", "result", "attributes").filter(pk=job_id).first()
        return None if job is None else JobReading(job, read_steps(job_id, known))


@dataclass
class JobState:
    """A job's row and its steps as last read, with the counters moved on by the batches heard since."""

    job: Job
    steps: Steps

    def apply(self, batch: AppendedBatch) -> None:
        if batch.last_line > self.job.last_line:
            self.job.last_line, self.job.revision = batch.last_line, max(batch.job_revision, self.job.revision)
            for column, count in zip(COLUMN_NAMES, batch.counts, strict=True):
                setattr(self.job, column, count)
        for step_id, state in batch.steps.items():
            self.steps.count(step_id, state.counts)

    @property
    def is_finished(self) -> bool:
        return self.job.is_finished

    def payload(self, steps: StepsTold) -> bytes:
        return msgspec.json.encode(StatusPayload(job_summary(self.job), *steps))

    def signature(self) -> object:
        return self.job.name, self.job.status


class JobFeed(EndingFeed[JobState]):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        assert key.topic.job_id is not None
        self.job_id: UUID = key.topic.job_id
        self.heard_line = 0  # the newest line and revision that are here or on their way here
        self.heard_revision = 0
        self._everything = Log(self.job_id)
        self._steps = Steps()

    def unit(self, position: Position) -> int:
        return position.line

    def is_urgent_news(self, news: object) -> bool:
        if isinstance(news, AppendedBatch):
            self.heard_line = max(self.heard_line, news.last_line)
            self.heard_revision = max(self.heard_revision, news.job_revision)
        return isinstance(news, Changed) and news.is_urgent

    @property
    def has_sent_all(self) -> bool:
        return self.scanned.line >= self.state.job.last_line

    async def start(self) -> None:
        reading = await self.live.read(read_job, self.job_id, self._steps)
        if reading is None:
            self.end_deleted()
            return
        self.scanned = await self.live.read(newest_position, self.job_id, reading.job.last_line)
        self._keep(reading)
        self.begin_status()
        await self.begin_counting(self.scanned)
        self.begin_counts()
        self.end_if_finished()

    async def work(self, news: list[object]) -> None:
        batches = sorted((item for item in news if isinstance(item, AppendedBatch)), key=lambda b: b.first_line)
        has_taken_all = self._take(batches)
        if len(batches) < len(news) or not has_taken_all:
            await self._read()
        if not self.is_over:
            self.end_if_finished()
        if not self.is_over:
            self.send_counts()
            self.send_status()

    def _take(self, batches: Sequence[AppendedBatch]) -> bool:
        """Sends entries that came with the signals, those of all batches at once; False when there is a gap."""
        records: list[EntryRecord] = []
        end, has_gap = self.scanned, False
        for batch in batches:
            has_gap = batch.first_line > end.line + 1
            if has_gap:
                break
            if batch.last_line > end.line:
                self.state.apply(batch)
                records += batch.records()[end.line + 1 - batch.first_line :]
                end = Position(batch.last_line, batch.ids[-1])
        if records:
            self._update_counts()
            self.send_entries(records, end)
        return not has_gap

    async def _read(self) -> None:
        reading = await self.live.read(read_job, self.job_id, self._steps)
        if reading is None:
            self.end_deleted()
            return
        self._keep(reading)
        last_line = reading.job.last_line
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

    def _keep(self, reading: JobReading) -> None:
        job = reading.job
        self._steps.keep(reading.steps)
        self.state = JobState(job, self._steps)
        self.heard_line = max(self.heard_line, job.last_line)
        self.heard_revision = max(self.heard_revision, job.revision)
        self._update_counts()

    def _update_counts(self) -> None:
        step = self._steps.rows.get(str(self.key.wanted.step))
        self.counts = (step or self.state.job).counts
