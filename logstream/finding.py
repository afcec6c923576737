"""The routes that find in a log. Looking through a long log takes a while: it ends when its client has gone.

Django cancels a view of which the client has gone, where an ASGI server says so; the work is done in steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jobs import access
from jobs.api.answers import json_answer
from jobs.api.logs import refuse_foreign
from jobs.errors import Refusal
from jobs.queries import Log
from jobs.queries.finding import Needle, count, find, needle_of
from jobs.queries.long_reads import Steps, in_turns
from jobs.queries.parameters import (
    FindCountQuery,
    FindQuery,
    JobFindCountQuery,
    JobFindQuery,
    NeedleQuery,
    ServiceFindCountQuery,
    ServiceFindQuery,
    filter_of,
)
from jobs.validation.query import BadParameter
from logstream.any_server import live_side
from logstream.stepping import Stepwise
from logstream.views import stream_view

T = TypeVar("T")
Q = TypeVar("Q", bound=NeedleQuery)


class Asked(NamedTuple):
    """A checked request."""

    steps: Steps[object]
    user_id: int


@stream_view
async def job_log_find(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/jobs/{id}/logs/find"""
    return await answer(request, read_job_request, job_id, JobFindQuery, finding)


@stream_view
async def job_log_find_count(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/jobs/{id}/logs/find/count"""
    return await answer(request, read_job_request, job_id, JobFindCountQuery, counting)


@stream_view
async def service_log_find(request: HttpRequest) -> HttpResponseBase:
    """GET /api/service/logs/find"""
    return await answer(request, read_service_request, ServiceFindQuery, finding)


@stream_view
async def service_log_find_count(request: HttpRequest) -> HttpResponseBase:
    """GET /api/service/logs/find/count"""
    return await answer(request, read_service_request, ServiceFindCountQuery, counting)


async def answer(request: HttpRequest, read: Callable[..., Asked], *arguments: object) -> HttpResponseBase:
    asked = await sync_to_async(read)(request, *arguments)
    if not isinstance(request, ASGIRequest):
        return json_answer(await sync_to_async(in_turns)(asked.steps, asked.user_id))
    reading = Stepwise(live_side(request), asked.user_id, asked.steps)
    async for _ in reading:
        pass
    return json_answer(reading.result)


def read_job_request(
    request: HttpRequest,
    job_id: str,
    kind: type[JobFindQuery] | type[JobFindCountQuery],
    steps_of: Callable[[Log, Needle, Q], Steps[object]],
) -> Asked:
    caller = access.caller_of(request)
    job = access.readable_job(caller, job_id)
    query = kind.of_url(request.GET)
    log = Log(job.pk, filter_of(query, job.pk, with_children=query.children))
    return Asked(steps_of(log, checked_needle(query), query), caller.user.pk)


def read_service_request(
    request: HttpRequest,
    kind: type[ServiceFindQuery] | type[ServiceFindCountQuery],
    steps_of: Callable[[Log, Needle, Q], Steps[object]],
) -> Asked:
    caller = access.caller_of(request)
    caller.require("read")
    query = kind.of_url(request.GET)
    return Asked(steps_of(Log(None, filter_of(query, None)), checked_needle(query), query), caller.user.pk)


def checked_needle(query: NeedleQuery) -> Needle:
    if query.find is None:
        raise BadParameter("find", "", "a text of one character at least")
    return needle_of(query.find, has_case=query.case, is_expression=query.regex)


def finding(log: Log, needle: Needle, query: FindQuery) -> Steps[object]:
    cursors = [cursor for cursor in (query.since, query.before, query.at) if cursor is not None]
    if len(cursors) > 1:
        raise Refusal("since, before and at do not go together: give one of them, or none", code="bad_parameter")
    for cursor in cursors:
        refuse_foreign(log, cursor)
    since = query.since if query.at is None else query.at - 1
    return find(log, needle, query.limit, since=since, before=query.before)


def counting(log: Log, needle: Needle, query: FindCountQuery) -> Steps[object]:
    refuse_foreign(log, query.up_to)
    return count(log, needle, query.up_to)
