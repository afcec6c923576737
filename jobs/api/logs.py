"""Pages of logs: the log of a job, and that of everything, in the shape of a stream's `logs` event."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs.access import caller_of, existing_job, readable_job
from jobs.api.answers import json_answer
from jobs.api.documentation import JOB_LOG_PARAMETERS, SERVICE_LOG_PARAMETERS, documented
from jobs.errors import Refusal
from jobs.queries import START, Log, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.log_page import LogsPayload, read_page
from jobs.queries.parameters import Parameters, read_cursor, read_filter, read_limit

SERVICE_LIMIT = 50
STARTS = ("since", "before", "offset")

router = Router()


class Start(NamedTuple):
    """Where a page begins: at most one of the three, or why it begins anew."""

    since: Position | None = None
    before: Position | None = None
    offset: int | None = None
    reset: str | None = None


@router.get("/jobs/{job_id}/logs", summary="A job's log", openapi_extra=documented(LogsPayload, JOB_LOG_PARAMETERS))
def job_logs(request: HttpRequest, job_id: str) -> HttpResponse:
    """The last `limit` matching entries, oldest first; with `since` the next ones, with `before` the last before it."""
    caller = caller_of(request)
    job = readable_job(caller, job_id)
    parameters = Parameters.of_query(request.GET, tuple(JOB_LOG_PARAMETERS))
    return json_answer(page_of(job.pk, parameters, read_limit(parameters), caller.user.pk))


@router.get("/service/logs", summary="Every log", openapi_extra=documented(LogsPayload, SERVICE_LOG_PARAMETERS))
def service_logs(request: HttpRequest) -> HttpResponse:
    """As a job's log, of all jobs and of Quaero itself in the order in which they were recorded."""
    caller = caller_of(request)
    caller.require("read")
    parameters = Parameters.of_query(request.GET, tuple(SERVICE_LOG_PARAMETERS))
    return json_answer(page_of(None, parameters, read_limit(parameters, SERVICE_LIMIT), caller.user.pk))


def page_of(job_id: UUID | None, parameters: Parameters, limit: int, user_id: int) -> LogsPayload:
    wanted = read_filter(parameters, job_id)
    start = read_start(parameters, job_id, with_children=wanted.family is not None)
    try:
        page = read_page_at(Log(job_id, wanted), limit, start, user_id)
    except CursorReset as reset:  # entries have gone since the look at the cursor
        if job_id is not None:
            existing_job(job_id)
        start = Start(since=START, reset=reset.reason.value)
        page = read_page_at(Log(job_id, wanted), limit, start, user_id)
    if start.reset is not None:
        page.meta.reset = start.reset
    return page


def read_page_at(log: Log, limit: int, start: Start, user_id: int) -> LogsPayload:
    return read_page(log, limit, since=start.since, before=start.before, offset=start.offset, user_id=user_id)


def read_start(parameters: Parameters, job_id: UUID | None, *, with_children: bool = False) -> Start:
    """Where the page begins.

    A cursor that is no longer stored is no mistake of the client's, and a page has no `reset` event: it begins
    where the client would without its cursor, at the first stored entry after `since` and at the newest
    before `before`, and says why in `meta.reset`. What the client shows is then to be dropped.
    """
    given = [name for name in STARTS if name in parameters.given]
    if len(given) > 1:
        raise Refusal(
            f"{' and '.join(given)} do not go together: give at most one of {', '.join(STARTS)}",
            code="bad_parameter",
            detail={"parameters": given},
        )
    since, before = read_cursor(parameters, "since"), read_cursor(parameters, "before")
    try:
        if since is not None:
            return Start(since=position_of(job_id, since, with_children=with_children))
        if before is not None:
            return Start(before=position_of(job_id, before, with_children=with_children))
    except CursorReset as error:
        return Start(since=None if since is None else START, reset=error.reason.value)
    return Start(offset=read_cursor(parameters, "offset"))
