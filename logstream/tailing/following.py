"""Follows a log in the database: the same entries through the same filter as the streams, with the same exactness.

The database is the truth (S1). Each look reads the job's row first, then the entries up to that row's last line;
so an end that is seen never overtakes a line that was logged before it (S3).
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
    """The job that was followed is gone. `job` is as it was last seen."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.pk} was deleted")
        self.job = job


class Followed(Protocol):
    """A log and the place up to which it has been read."""

    has_gap: bool  # entries have been deleted before they could be read

    @property
    def is_over(self) -> bool: ...  # nothing will come any more, as of the last look

    @property
    def has_several_steps(self) -> bool: ...  # so entries must be told apart by their step

    def look(self) -> None:
        """Notes up to where there are entries now."""
        ...

    def skip_to_last(self, count: int) -> None:
        """Passes over all but the last `count` matching entries."""
        ...

    def pages(self) -> Iterator[Sequence[EntryRecord]]:
        """The matching entries up to the last look."""
        ...


class FollowedLog:
    """What following a job's log and everybody's have in common: a cursor, and pages from it to `end`.

    A database that does not answer is asked again for a minute.
    """

    def __init__(self, log: Log, since: Position = START) -> None:
        self.log = log
        self.position = self.end = since
        self.has_gap = False  # entries have been deleted before they could be read

    def skip_to_last(self, count: int) -> None:
        # None at all is known without a search, which a rare match would make long.
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
        """Raises JobDeleted where that ends it."""


class FollowedJob(FollowedLog):
    """One job's log, which ends with the job. Raises JobDeleted when it is looked at and gone."""

    def __init__(self, job: Job, wanted: Filter, since: Position = START) -> None:
        super().__init__(Log(job.pk, wanted), since)
        self.job = job
        self._step_count = 0

    @property
    def is_over(self) -> bool:
        return self.job.is_finished

    @property
    def has_several_steps(self) -> bool:
        return self._step_count > 1 and self.log.wanted.step is None

    def notice_deletion(self) -> None:
        raise JobDeleted(self.job)

    def look(self) -> None:
        self.job = patiently(lambda: read_again(self.job))
        if self.job.last_line > self.end.line:
            self.end = patiently(lambda: newest_position(self.job.pk, self.job.last_line))
            self._step_count = patiently(lambda: steps_up_to_two(self.job.pk)) if self._step_count < 2 else 2


class FollowedFamily(FollowedLog):
    """A job's log with those of its descendants, in the order of ids. It ends with the last of them.

    Raises JobDeleted when the job itself is gone.
    """

    has_several_steps = True

    def __init__(self, job: Job, wanted: Filter, since: Position = START) -> None:
        super().__init__(Log(job.pk, wanted), since)
        self.job = job
        self.is_over = False

    def notice_deletion(self) -> None:
        raise JobDeleted(self.job)

    def look(self) -> None:
        # Whether all have ended first, then the newest entry: so no end that is seen overtakes a line.
        self.is_over = patiently(lambda: is_finished(self.job.pk))
        self.job = patiently(lambda: read_again(self.job))
        newest = patiently(lambda: newest_family_position(self.job.pk))
        self.end = max(self.end, newest, key=lambda position: position.id)


class FollowedService(FollowedLog):
    """The log of all jobs and of Quaero itself, which never ends."""

    is_over = False
    has_several_steps = True

    def __init__(self, wanted: Filter, since: Position = START) -> None:
        super().__init__(Log(None, wanted), since)

    def look(self) -> None:
        newest = patiently(lambda: newest_position(None, 0))
        self.end = max(self.end, newest, key=lambda position: position.id)  # a cursor may be ahead of all that is left


def read_again(job: Job) -> Job:
    now = Job.objects.defer(*NOT_SHOWN).filter(pk=job.pk).first()
    if now is None:
        raise JobDeleted(job)
    return now


def steps_up_to_two(job_id: UUID) -> int:
    return Step.objects.filter(job=job_id)[:2].count()
