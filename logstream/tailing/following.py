"""Follows a log in the database: the same entries, by the same filter and as exactly as the streams.

The database is the truth (S1). Each look reads the job's row first, then the entries up to that row's last line;
so `tail` never sees a job's end before the lines that were logged before it (S3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

from jobs.models import EntryRecord, Job, Step
from jobs.models.job import LARGE_COLUMNS
from jobs.patience import patiently
from jobs.queries import START, Filter, Log, Page, Position
from jobs.queries.cursors import CursorReset, ResetReason, newest_family_position, newest_position
from jobs.queries.families import is_finished
from jobs.queries.long_reads import unbroken
from logstream.feeds.catch_up import position_of_last

NOT_SHOWN = (*LARGE_COLUMNS, "attributes")


class JobDeleted(LookupError):
    """The followed job was deleted. `job` is its row as it was read last."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.pk} was deleted")
        self.job = job


class Followed(Protocol):
    """A log and the position up to which it has been read."""

    has_gap: bool  # entries have been deleted before they could be read

    @property
    def is_over(self) -> bool: ...  # no entry will follow, as of the last look

    @property
    def has_several_steps(self) -> bool: ...  # so each line needs the name of its step

    def look(self) -> None:
        """Notes the position of the newest entry."""
        ...

    def skip_to_last(self, count: int) -> None:
        """Skips all but the last `count` matching entries."""
        ...

    def pages(self) -> Iterator[Sequence[EntryRecord]]:
        """The matching entries up to the last look."""
        ...


class FollowedLog:
    """What all followed logs have in common: a cursor, and pages from it to `end`.

    While the database does not answer, reading is tried again for a minute.
    """

    def __init__(self, log: Log, since: Position = START) -> None:
        self.log = log
        self.position = self.end = since
        self.has_gap = False  # entries have been deleted before they could be read

    def skip_to_last(self, count: int) -> None:
        # With a count of 0 no search is needed, which would take long where few entries match.
        self.position = patiently(lambda: self.log.before_last(count, self.end)) if count else self.end

    def pages(self) -> Iterator[Sequence[EntryRecord]]:
        while self.position != self.end:
            page = patiently(self._next_page)
            yield page.records
            self.position = position_of_last(page) if page.has_more else self.end

    def _next_page(self) -> Page:
        try:
            return unbroken(self.log, self.position, self.log.after, self.position, self.end)
        except CursorReset as reset:
            if reset.reason is ResetReason.DELETED:
                self.notice_deletion()
            self.has_gap = True
            return self.log.after(self.position, self.end)

    def notice_deletion(self) -> None:
        """Raises JobDeleted where the job's deletion ends the log."""


class FollowedJob(FollowedLog):
    """One job's log, which ends with the job. `look` and `pages` raise JobDeleted when the job was deleted."""

    def __init__(self, job: Job, log_filter: Filter, since: Position = START) -> None:
        super().__init__(Log(job.pk, log_filter), since)
        self.job = job
        self._step_count = 0

    @property
    def is_over(self) -> bool:
        return self.job.is_finished

    @property
    def has_several_steps(self) -> bool:
        return self._step_count > 1 and self.log.filter.step is None

    def notice_deletion(self) -> None:
        raise JobDeleted(self.job)

    def look(self) -> None:
        self.job = patiently(lambda: read_again(self.job))
        if self.job.last_line > self.end.line:
            self.end = patiently(lambda: newest_position(self.job.pk, self.job.last_line))
            self._step_count = patiently(lambda: steps_up_to_two(self.job.pk)) if self._step_count < 2 else 2


class FollowedFamily(FollowedLog):
    """A job's log with those of its descendants, in the order of ids. It ends when all of them have ended.

    `look` and `pages` raise JobDeleted when the job itself was deleted.
    """

    has_several_steps = True

    def __init__(self, job: Job, log_filter: Filter, since: Position = START) -> None:
        super().__init__(Log(job.pk, log_filter), since)
        self.job = job
        self.is_over = False

    def notice_deletion(self) -> None:
        raise JobDeleted(self.job)

    def look(self) -> None:
        # Whether all have ended is read before the newest entry: so an end is not seen before the lines before it.
        self.is_over = patiently(lambda: is_finished(self.job.pk))
        self.job = patiently(lambda: read_again(self.job))
        newest = patiently(lambda: newest_family_position(self.job.pk))
        self.end = max(self.end, newest, key=lambda position: position.id)


class FollowedService(FollowedLog):
    """The log of all jobs and of Quaero itself, which never ends."""

    is_over = False
    has_several_steps = True

    def __init__(self, log_filter: Filter, since: Position = START) -> None:
        super().__init__(Log(None, log_filter), since)

    def look(self) -> None:
        newest = patiently(lambda: newest_position(None, 0))
        self.end = max(self.end, newest, key=lambda position: position.id)  # `since` may be above all stored ids


def read_again(job: Job) -> Job:
    now = Job.objects.defer(*NOT_SHOWN).filter(pk=job.pk).first()
    if now is None:
        raise JobDeleted(job)
    return now


def steps_up_to_two(job_id: UUID) -> int:
    return Step.objects.filter(job=job_id)[:2].count()
