"""Pages of logs: the log of a job, and that of everything, in the shape of a stream's `logs` event."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from jobs.access import Caller, existing_job
from jobs.api.routing import Router
from jobs.errors import Refusal
from jobs.models import Job
from jobs.queries import START, Filter, Log, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.log_page import LogsPayload, read_page
from jobs.queries.parameters import (
    OF_ONE_JOB,
    JobLogQuery,
    JobPlaceQuery,
    PagingQuery,
    PlaceQuery,
    ServiceLogQuery,
    ServicePlaceQuery,
    filter_of,
    limit_of,
)
from jobs.queries.places import Place, at_id, at_index, at_line, at_time, read_place
from jobs.validation.query import BadParameter

SERVICE_LIMIT = 50
LINE, TARGETS = "line", ("id", "time", "index")
STARTS = ("since", "before", "offset", "around")

router = Router("logs")


class Start(NamedTuple):
    """Where a page begins: at most one of the four, or why it begins anew."""

    since: Position | None = None
    before: Position | None = None
    offset: int | None = None
    around: Position | None = None
    reset: str | None = None


@router.get("/jobs/{job_id}/logs", "A job's log")
def job_logs(caller: Caller, job: Job, query: JobLogQuery) -> LogsPayload:
    """The last `limit` matching entries, oldest first; with `since` the next ones, with `before` the last before it.

    With `offset` those from that number on; with `around` an entry and those on both sides of it.
    """
    wanted = filter_of(query, job.pk, with_children=query.children)
    return page_of(job.pk, wanted, query, limit_of(query.limit), caller.user.pk)


@router.get("/service/logs", "Every log")
def service_logs(caller: Caller, query: ServiceLogQuery) -> LogsPayload:
    """As a job's log, of all jobs and of Quaero itself in the order in which they were recorded."""
    wanted = filter_of(query, None)
    return page_of(None, wanted, query, limit_of(query.limit, SERVICE_LIMIT), caller.user.pk)


@router.get("/jobs/{job_id}/logs/place", "A place in a job's log")
def job_log_place(caller: Caller, job: Job, query: JobPlaceQuery) -> Place:
    """The first matching entry at or after a line, an id or a time, or that with an index; how many match before it.

    `index` and `total` are null while it takes longer to count: ask again. At the end of the log `id` is null.
    """
    wanted = filter_of(query, job.pk, with_children=query.children)
    require_one_target(query, LINE, *TARGETS)
    refuse_line_of_several(query)
    return place_of(Log(job.pk, wanted), query, query.line, caller.user.pk)


@router.get("/service/logs/place", "A place in every log")
def service_log_place(caller: Caller, query: ServicePlaceQuery) -> Place:
    """As in a job's log, but by `id`, `time` or `index`: lines are numbers of one job."""
    wanted = filter_of(query, None)
    require_one_target(query, *TARGETS)
    return place_of(Log(None, wanted), query, None, caller.user.pk)


def place_of(log: Log, query: PlaceQuery, line: int | None, user_id: int) -> Place:
    refuse_foreign(log, query.id)
    if query.id is not None:
        return read_place(log, at_id(log, query.id), user_id)
    if query.time is not None:
        return read_place(log, at_time(log, query.time), user_id)
    if query.index is not None:
        return read_place(log, at_index(log, query.index), user_id)
    return read_place(log, at_line(log, line or 1), user_id)


def refuse_foreign(log: Log, entry_id: int | None) -> None:
    """Raises CursorOfAnotherJob for the id of an entry that is stored in another log."""
    if entry_id is None:
        return
    with suppress(CursorReset):
        position_of(log.filter.family or log.job_id, entry_id, with_children=log.filter.family is not None)


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
    return read_page(
        log, limit, since=start.since, before=start.before, offset=start.offset, around=start.around, user_id=user_id
    )


def start_of(query: PagingQuery, job_id: UUID | None, *, with_children: bool = False) -> Start:
    """Where the page begins.

    A cursor that is no longer stored is no mistake of the client's, and a page has no `reset` event: it begins
    where the client would without its cursor, at the first stored entry after `since` and at the newest
    before `before` and `around`, and says why in `meta.reset`. What the client shows is then to be dropped.
    """
    refuse_several(query)
    try:
        if query.since is not None:
            return Start(since=position_of(job_id, query.since, with_children=with_children))
        if query.before is not None:
            return Start(before=position_of(job_id, query.before, with_children=with_children))
        if query.around is not None:
            return Start(around=position_of(job_id, query.around, with_children=with_children))
    except CursorReset as error:
        return Start(since=None if query.since is None else START, reset=error.reason.value)
    return Start(offset=query.offset)


def require_one_target(query: PlaceQuery, *names: str) -> None:
    given = [name for name in names if getattr(query, name) is not None]
    if len(given) != 1:
        raise Refusal(
            f"{' and '.join(given) or 'nothing'} is given: give one of {', '.join(names)}",
            code="bad_parameter",
            detail={"parameters": given},
        )


def refuse_line_of_several(query: JobPlaceQuery) -> None:
    if query.children and query.line is not None:
        raise BadParameter(LINE, query.line, OF_ONE_JOB)


def refuse_several(query: PagingQuery) -> None:
    given = [name for name in STARTS if getattr(query, name) is not None]
    if len(given) > 1:
        raise Refusal(
            f"{' and '.join(given)} do not go together: give at most one of {', '.join(STARTS)}",
            code="bad_parameter",
            detail={"parameters": given},
        )
