"""One page of a log, in the shape of a `logs` event, for the page endpoints, and the payload of that event."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import models

from jobs.models import EntryRecord, Job, Step
from jobs.models.counters import COLUMN_NAMES, count_from, counts_by_name
from jobs.queries import long_reads
from jobs.queries.cursors import newest_family_position, newest_position
from jobs.queries.families import members
from jobs.queries.filter import NO_LIMIT
from jobs.queries.known_counts import count_within, from_index
from jobs.queries.log import END, START, Log, Page, Position
from jobs.queries.long_reads import Steps, in_turns

COUNTING_S = 0.5  # how long a page with a search waits for a count


class LogsMeta(msgspec.Struct):
    total_count: int  # entries of the job, or of the step that was asked for
    displayed_count: int | None  # those that match the filter; None: not known yet
    has_more: bool  # older matching entries exist before the oldest of this event
    oldest_id: int | None
    newest_id: int | None
    reset: str | msgspec.UnsetType = msgspec.UNSET  # of a page: why the cursor that was given could not be used


class LogsPayload(msgspec.Struct):
    """The body of a page and of a `logs` event: entries, oldest first, and what is known about them."""

    logs: list[EntryRecord]
    meta: LogsMeta


def logs_payload(records: list[EntryRecord], total: int, displayed: int | None, has_more: bool) -> LogsPayload:
    """The body of a page or event. `records`: oldest first; counts and `has_more` as in LogsMeta."""
    oldest, newest = (records[0].id, records[-1].id) if records else (None, None)
    return LogsPayload(records, LogsMeta(total, displayed, has_more, oldest, newest))


def counts_of(job_id: UUID | None, step_id: UUID | None, family: UUID | None = None) -> dict[str, int]:
    """Counts by level name, and `total`: of the step, else of the family, else of the job, else of all jobs."""
    rows: models.QuerySet[Step] | models.QuerySet[Job]
    if step_id is not None:
        rows = Step.objects.filter(pk=step_id)
    elif family is not None:
        rows = members(family)
    else:
        rows = Job.objects.filter(pk=job_id) if job_id else Job.objects.all()
    sums = rows.aggregate(**{f"sum_{column}": models.Sum(column) for column in COLUMN_NAMES})
    return counts_by_name([sums[f"sum_{column}"] or 0 for column in COLUMN_NAMES])


def searched_count(log: Log, user_id: int, seconds: float) -> int | None:
    """The number of matching entries, where the counters do not have it. None: they do, or it is not known yet."""
    return None if log.filter.is_counted else count_within(log, newest_of(log), user_id, seconds)


def counts_around(log: Log) -> dict[str, int]:
    """The counts of what the log is a part of: the step or else the family, the job or everything."""
    return counts_of(log.job_id or log.filter.job, log.filter.step, log.filter.family)


def newest_of(log: Log) -> Position:
    """The position of the log's newest entry."""
    if log.filter.family is not None:
        return newest_family_position(log.filter.family)
    return newest_position(log.job_id, NO_LIMIT)


def read_page(
    log: Log,
    limit: int,
    *,
    since: Position | None = None,
    before: Position | None = None,
    offset: int | None = None,
    around: Position | None = None,
    user_id: int = 0,
) -> LogsPayload:
    """The last `limit` matching entries; the next after `since`, the last before `before`, from an offset, or `around`.

    Searches of several users take turns. Raises CursorReset when entries are deleted before they can be read.
    """
    if offset is not None:
        page = in_turns(from_index(log, offset, limit), user_id)
        has_more = offset > 0 and bool(page.records)
    elif around is not None:
        page = in_turns(both_ways(log, around, limit), user_id)
        has_more = page.has_more
    elif since is not None:
        page = in_turns(long_reads.after(log, since, limit=limit), user_id)
        older = just_before(first_of(page)) if page.records else START
        has_more = bool(page.records) and in_turns(long_reads.has_up_to(log, older), user_id)
    else:
        end = END if before is None else just_before(before)
        page = in_turns(long_reads.last(log, limit, end), user_id)
        has_more = page.has_more
    displayed = searched_count(log, user_id, COUNTING_S)
    counts = counts_around(log)  # last: no fewer than match
    if log.filter.is_counted:
        displayed = count_from(counts, log.filter.level or 0)
    return logs_payload(page.records, counts["total"], displayed, has_more)


def both_ways(log: Log, around: Position, limit: int) -> Steps[Page]:
    """The entry at `around` and those on both sides of it: before it one half, and from it on the rest of `limit`."""
    middle = just_before(around)
    older = (yield from long_reads.last(log, limit // 2, middle)) if limit > 1 else Page([], False)
    newer = yield from long_reads.after(log, middle, limit=limit - len(older.records))
    return Page(older.records + newer.records, older.has_more)


def first_of(page: Page) -> Position:
    return Position(page.records[0].line, page.records[0].id)


def just_before(position: Position) -> Position:
    return Position(position.line - 1, position.id - 1)
