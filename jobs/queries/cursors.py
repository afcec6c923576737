"""From the one cursor that clients see, an entry's id, to a place in a log (promise S5)."""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from uuid import UUID

from django.db import models

from jobs.errors import Refusal
from jobs.models import SERVICE_JOB_ID, Job, LogEntry
from jobs.models.sequence import newest_id_ever
from jobs.queries.families import is_member, members, newest_id_of
from jobs.queries.filter import NO_LIMIT
from jobs.queries.log import START, Position


class ResetReason(StrEnum):
    """Why a stream or page cannot continue at a cursor; then it sends everything that is stored."""

    PRUNED = "pruned"  # entries after the cursor have been deleted
    UNKNOWN = "unknown_cursor"  # no entry ever had this id, or it was deleted from the middle of a log
    DELETED = "deleted"  # the job is gone, and nothing follows


class CursorReset(LookupError):
    """What follows the cursor is not known exactly any more: the reader must begin anew."""

    def __init__(self, reason: ResetReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CursorOfAnotherJob(Refusal, ValueError):
    """The id is that of another job's entry."""

    code = "cursor_of_another_job"


def position_of(job_id: UUID | None, entry_id: int, *, with_children: bool = False) -> Position:
    """The place after the entry `entry_id` in a job's log (with its descendants'), or in the log of all jobs (None).

    Raises CursorOfAnotherJob, and CursorReset when entries after the cursor may be missing.
    """
    if entry_id == 0:
        return START
    row = LogEntry.objects.filter(pk=entry_id).values_list("job_id", "line").first()
    if row is not None:
        if job_id is not None and row[0] != job_id and not (with_children and is_member(job_id, row[0])):
            raise CursorOfAnotherJob(f"entry {entry_id} is of another job")
        return Position(row[1], entry_id)
    return position_of_deleted(job_id, entry_id, with_children)


def position_of_deleted(job_id: UUID | None, entry_id: int, with_children: bool) -> Position:
    """As `position_of`, for an id that is not stored any more."""
    pruned_to = family_pruned_to_id(job_id) if job_id is not None and with_children else pruned_to_id(job_id)
    if entry_id == pruned_to:
        return Position(0, entry_id)  # all entries up to it are deleted: go on with the first stored one
    if entry_id < pruned_to:
        raise CursorReset(ResetReason.PRUNED)
    if (job_id is None or with_children) and entry_id <= newest_id_ever():
        # It was deleted with its job; all stored entries above it still follow. It may be above the newest stored
        # entry, and a feed only gets as far as that: its reader would wait until new entries came.
        newest = newest_position(None, 0) if job_id is None else newest_family_position(job_id)
        return Position(0, min(entry_id, newest.id))
    raise CursorReset(ResetReason.UNKNOWN)


def require_unbroken(job_id: UUID | None, position: Position, *, with_children: bool = False) -> None:
    """Raises CursorReset when the job is deleted, or entries after `position`, up to which a reader has read.

    Call it in the snapshot in which the next entries are read. At START the reader has nothing yet, so nothing can be
    missing.
    """
    jobs = members(job_id) if job_id is not None and with_children else Job.objects.filter(pk=job_id or SERVICE_JOB_ID)
    pruned_to = jobs.aggregate(newest=models.Max("pruned_to_id"))["newest"]
    if pruned_to is None and job_id is not None:
        raise CursorReset(ResetReason.DELETED)
    if 0 < position.id < (pruned_to or 0):
        raise CursorReset(ResetReason.PRUNED)


def pruned_to_id(job_id: UUID | None) -> int:
    """The newest entry id that retention has deleted of the job, or of all jobs (None); 0 for none."""
    pruned = Job.objects.filter(pk=job_id or SERVICE_JOB_ID).values_list("pruned_to_id", flat=True).first()
    return pruned or 0


def family_pruned_to_id(root: UUID) -> int:
    """The newest entry id that retention has deleted in any member's log: all entries above it are stored."""
    pruned = members(root).aggregate(newest=models.Max("pruned_to_id"))["newest"]
    return pruned or 0


def newest_position(job_id: UUID | None, last_line: int) -> Position:
    """The place of a log's newest entry. A job's is looked up at or under `last_line`, which is its line then."""
    if job_id is None:
        newest = LogEntry.objects.order_by("-id").values_list("id", flat=True).first()
        return Position(0, max(newest or 0, pruned_to_id(None)))
    entries = LogEntry.objects.filter(job=job_id, line__lte=last_line).order_by("-line")
    newest = entries.values_list("id", flat=True).first()
    return Position(last_line, newest or pruned_to_id(job_id))


def newest_family_position(root: UUID) -> Position:
    """The place of the newest entry of a job and its descendants."""
    return Position(0, max(newest_id_of(root), family_pruned_to_id(root)))


def line_from(job_id: UUID, entry_id: int) -> int:
    """The first line of a job whose entry has this id or a higher one; one past the last if there is none."""
    entries = LogEntry.objects.filter(job=job_id).order_by("line").values_list("line", "id")
    line = entries.filter(pk=entry_id).values_list("line", flat=True).first()
    if line is not None:
        return line
    (first, _), (last, _) = entries.first() or START, entries.last() or START

    def id_at(line: int) -> int:
        _, found = entries.filter(line__gte=line).first() or (0, NO_LIMIT)
        return found

    return first + bisect_left(range(first, last + 1), entry_id, key=id_at)


__all__ = [
    "CursorOfAnotherJob",
    "CursorReset",
    "ResetReason",
    "line_from",
    "newest_family_position",
    "newest_position",
    "position_of",
    "require_unbroken",
]
