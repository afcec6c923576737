"""Pages of logs: the log of a job, and that of everything, in the shape of a stream's `logs` event."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from jobs.access import Caller, existing_job
from jobs.api.routing import Router
from jobs.errors import Refusal
from jobs.models import Job
from jobs.queries import START, Filter, Log, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.log_page import LogsPayload, read_page
from jobs.queries.parameters import JobLogQuery, PagingQuery, ServiceLogQuery, filter_of, limit_of

SERVICE_LIMIT = 50
STARTS = ("since", "before", "offset")

router = Router("logs")


class Start(NamedTuple):
    """Where a page begins: at most one of the three, or why it begins anew."""

    since: Position | None = None
    before: Position | None = None
    offset: int | None = None
    reset: str | None = None


@router.get("/jobs/{job_id}/logs", "A job's log")
def job_logs(caller: Caller, job: Job, query: JobLogQuery) -> LogsPayload:
    """The last `limit` matching entries, oldest first; with `since` the next ones, with `before` the last before it."""
    wanted = filter_of(query, job.pk, with_children=query.children)
    return page_of(job.pk, wanted, query, limit_of(query.limit), caller.user.pk)


@router.get("/service/logs", "Every log")
def service_logs(caller: Caller, query: ServiceLogQuery) -> LogsPayload:
    """As a job's log, of all jobs and of Quaero itself in the order in which they were recorded."""
    wanted = filter_of(query, None)
    return page_of(None, wanted, query, limit_of(query.limit, SERVICE_LIMIT), caller.user.pk)


def page_of(job_id: UUID | None, wanted: Filter, query: PagingQuery, limit: int, user_id: int) -> LogsPayload:
    start = start_of(query, job_id, with_children=wanted.family is not None)
    log = Log(job_id, wanted)
    try:
        page = read_page_at(log, limit, start, user_id)
    except CursorReset as reset:  # entries have gone since the look at the cursor
        if job_id is not None:
            existing_job(job_id)
        start = Start(since=START, reset=reset.reason.value)
        page = read_page_at(log, limit, start, user_id)
    if start.reset is not None:
        page.meta.reset = start.reset
    return page


def read_page_at(log: Log, limit: int, start: Start, user_id: int) -> LogsPayload:
    return read_page(log, limit, since=start.since, before=start.before, offset=start.offset, user_id=user_id)


def start_of(query: PagingQuery, job_id: UUID | None, *, with_children: bool = False) -> Start:
    """Where the page begins.

    A cursor that is no longer stored is no mistake of the client's, and a page has no `reset` event: it begins
    where the client would without its cursor, at the first stored entry after `since` and at the newest
    before `before`, and says why in `meta.reset`. What the client shows is then to be dropped.
    """
    refuse_several(query)
    try:
        if query.since is not None:
            return Start(since=position_of(job_id, query.since, with_children=with_children))
        if query.before is not None:
            return Start(before=position_of(job_id, query.before, with_children=with_children))
    except CursorReset as error:
        return Start(since=None if query.since is None else START, reset=error.reason.value)
    return Start(offset=query.offset)


def refuse_several(query: PagingQuery) -> None:
    given = [name for name in STARTS if getattr(query, name) is not None]
    if len(given) > 1:
        raise Refusal(
            f"{' and '.join(given)} do not go together: give at most one of {', '.join(STARTS)}",
            code="bad_parameter",
            detail={"parameters": given},
        )
