"""One page of a log, in the shape of a `logs` event: what the page endpoints, streams and `tail` begin with."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import models

from jobs.families import members
from jobs.models import EntryRecord, Job, Step
from jobs.models.counters import COLUMN_NAMES, count_from, counts_by_name
from jobs.queries import END, Filter, Log, Page, Position


class LogsMeta(msgspec.Struct):
    total_count: int  # entries of the job, or of the step that was asked for
    displayed_count: int  # those that match the filter
    has_more: bool  # older matching entries exist before the oldest of this event
    oldest_id: int | None
    newest_id: int | None
    reset: str | msgspec.UnsetType = msgspec.UNSET  # of a page: why the cursor that was given could not be used


class LogsPayload(msgspec.Struct):
    logs: list[EntryRecord]
    meta: LogsMeta


def logs_payload(records: list[EntryRecord], total: int, displayed: int, has_more: bool) -> LogsPayload:
    oldest, newest = (records[0].id, records[-1].id) if records else (None, None)
    return LogsPayload(records, LogsMeta(total, displayed, has_more, oldest, newest))


def counts_of(job_id: UUID | None, step_id: UUID | None, family: UUID | None = None) -> dict[str, int]:
    """The counters that bound a request: the step's, the job's, its family's together, or those of all jobs."""
    rows: models.QuerySet[Step] | models.QuerySet[Job]
    if step_id is not None:
        rows = Step.objects.filter(pk=step_id)
    elif family is not None:
        rows = members(family)
    else:
        rows = Job.objects.filter(pk=job_id) if job_id else Job.objects.all()
    sums = rows.aggregate(**{f"sum_{column}": models.Sum(column) for column in COLUMN_NAMES})
    return counts_by_name([sums[f"sum_{column}"] or 0 for column in COLUMN_NAMES])


def displayed_count(log: Log, counts: dict[str, int], end: Position = END) -> int:
    """How many entries up to `end` match: by the counters where they can tell, else counted."""
    wanted: Filter = log.wanted
    return count_from(counts, wanted.level or 0) if wanted.is_counted else log.count(end)


def read_page(
    log: Log,
    limit: int,
    *,
    since: Position | None = None,
    before: Position | None = None,
    offset: int | None = None,
) -> LogsPayload:
    """The last `limit` matching entries; the next after `since`, the last before `before`, or from an offset."""
    if offset is not None:
        page = log.from_offset(offset, limit)
        has_more = offset > 0 and bool(page.records)
    elif since is not None:
        page = log.after(since, limit=limit)
        has_more = bool(page.records) and log.has_up_to(just_before(first_of(page)))
    else:
        page = log.last(limit, end=END if before is None else just_before(before))
        has_more = page.has_more
    counts = counts_of(log.job_id or log.wanted.job, log.wanted.step, log.wanted.family)
    return logs_payload(page.records, counts["total"], displayed_count(log, counts), has_more)


def first_of(page: Page) -> Position:
    return Position(page.records[0].line, page.records[0].id)


def just_before(position: Position) -> Position:
    return Position(position.line - 1, position.id - 1)
