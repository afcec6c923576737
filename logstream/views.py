"""The stream routes: they check everything first, then open (DESIGN section 5). Only they send event streams."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse

from jobs import access
from jobs.cursors import CursorReset, position_of
from jobs.errors import ApiError, Unavailable, as_api_error, error_response
from jobs.parameters import (
    FILTER_PARAMETERS,
    Parameters,
    read_cursor,
    read_filter,
    read_limit,
)
from jobs.queries import Position
from logstream import live
from logstream.registry import JOBS, SERVICE, Topic, job_topic
from logstream.streams import LogRequest, jobs_stream, log_stream

STREAM_PARAMETERS = (*FILTER_PARAMETERS, "limit", "since", "ticket")
SERVICE_PARAMETERS = ("job", *STREAM_PARAMETERS)
SERVICE_LIMIT = 50
DONE_ID = "done"
FULL_RETRY_AFTER_S = 5

AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class EventStream(StreamingHttpResponse):
    """A response whose events go out as they are: not gzipped, not buffered by proxies, not kept."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        super().__init__(
            source,
            content_type="text/event-stream",
            headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
        )
        self._source = source

    def __aiter__(self) -> AsyncIterator[bytes]:
        # Without Django's two generators in between: closing this one is what ends the stream, and at once.
        return self._source


def stream_view(view: AsyncView) -> AsyncView:
    """GET only; errors in the shape of the API; room for one more stream."""

    @functools.wraps(view)
    async def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        try:
            if request.method != "GET":
                raise ApiError(
                    f"{request.method} is not allowed here: use GET",
                    status=405,
                    code="method_not_allowed",
                    headers={"Allow": "GET"},
                )
            return await view(request, **arguments)
        except Exception as error:
            refusal = as_api_error(error)
            if refusal is None:
                raise
            return error_response(refusal)

    return checked


def require_room(here: live.Live) -> None:
    if here.is_closing:
        raise Unavailable("the server is going down: come back in a moment", code="closing", retry_after_s=2)
    if here.stream_count >= here.max_streams:
        raise Unavailable(
            f"all {here.max_streams} streams of this server are taken",
            code="too_many_streams",
            retry_after_s=FULL_RETRY_AFTER_S,
        )


@stream_view
async def job_log_stream(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/jobs/{id}/logs/stream"""
    here = live.current()
    asked = await sync_to_async(read_job_request)(request, job_id)
    require_room(here)
    return HttpResponse(status=204) if asked is None else EventStream(log_stream(here, asked))


@stream_view
async def service_log_stream(request: HttpRequest) -> HttpResponseBase:
    """GET /api/service/logs/stream"""
    here = live.current()
    asked = await sync_to_async(read_service_request)(request)
    require_room(here)
    return EventStream(log_stream(here, asked))


@stream_view
async def job_list_stream(request: HttpRequest) -> HttpResponseBase:
    """GET /api/jobs/stream"""
    here = live.current()
    caller = await sync_to_async(stream_reader)(request)
    Parameters.of_query(request.GET, ("ticket",))
    require_room(here)
    return EventStream(jobs_stream(here, caller.user.pk))


@stream_view
async def streams_status(request: HttpRequest) -> HttpResponseBase:
    """GET /api/streams/status: how many streams this process has open, and for what."""
    await sync_to_async(stream_reader)(request)
    here = live.current()
    by_topic = here.streams_by_topic()
    return JsonResponse(
        {
            "status": "closing" if here.is_closing else "active",
            "connections": {
                "global": {"sse": by_topic[SERVICE] + by_topic[JOBS]},
                "jobs": {str(topic.job_id): {"sse": n} for topic, n in by_topic.items() if topic.job_id},
            },
            "lagging": here.lagging_count(),
            "limit": here.max_streams,
        }
    )


# What follows reads the database, and is called in a thread.


def stream_reader(request: HttpRequest) -> access.Caller:
    caller = access.stream_caller_of(request)
    caller.require("read")
    return caller


def read_job_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """The checked request; None when the client has had the end already and only asks again (S8)."""
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    if request.headers.get("Last-Event-ID") == DONE_ID and job.is_finished:
        return None
    parameters = Parameters.of_query(request.GET, STREAM_PARAMETERS)
    return log_request(request, caller, job_topic(job.pk), parameters, read_limit(parameters))


def read_service_request(request: HttpRequest) -> LogRequest:
    caller = stream_reader(request)
    parameters = Parameters.of_query(request.GET, SERVICE_PARAMETERS)
    return log_request(request, caller, SERVICE, parameters, read_limit(parameters, SERVICE_LIMIT))


def log_request(
    request: HttpRequest, caller: access.Caller, topic: Topic, parameters: Parameters, limit: int
) -> LogRequest:
    wanted = read_filter(parameters, topic.job_id)
    since, reset_reason = read_start(request, topic, parameters)
    return LogRequest(topic, wanted, caller.user.pk, limit, since, reset_reason)


def read_start(request: HttpRequest, topic: Topic, parameters: Parameters) -> tuple[Position | None, str | None]:
    """Where the client wants to go on, or why it must begin anew (S5).

    `Last-Event-ID` wins over `since`: a browser that reconnects repeats the old address. A header that makes
    no sense is no reason to refuse it for ever, so it begins anew.
    """
    cursor = read_cursor(parameters, "since")
    header = request.headers.get("Last-Event-ID", "").strip()
    if header:
        if not (header.isascii() and header.isdigit() and len(header) < 19):
            return None, "bad_last_event_id"
        cursor = int(header)
    if cursor is None:
        return None, None
    try:
        return position_of(topic.job_id, cursor), None
    except CursorReset as reset:
        return None, reset.reason.value
