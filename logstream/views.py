"""The stream routes: they check everything first, then open. Only they send event streams."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from jobs import conf, refused_requests
from jobs.api.answers import json_answer
from jobs.errors import MethodNotAllowed, Unavailable
from jobs.validation.query import NoParameters
from jobs.web.refusals import refusal_of, response_to
from jobs.web.transactions import outside_transactions
from logstream import live
from logstream.any_server import StreamsNeedAsgi, live_side
from logstream.documentation import OpenStreams, StreamCount, StreamsStatus
from logstream.frames import GZIP, Encoding
from logstream.registry import JOBS, SERVICE
from logstream.requests import (
    JobsStreamQuery,
    encoding_of,
    read_job_request,
    read_plain_request,
    read_service_request,
    stream_reader,
    viewer_of,
)
from logstream.streams import LogRequest, jobs_stream, log_stream

FULL_RETRY_AFTER_S = 5
METHODS = ("GET", "HEAD")

AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class LiveResponse(StreamingHttpResponse):
    """A response of which each part goes out when it is there."""

    def __init__(self, source: AsyncIterator[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(source, headers=headers)
        self._source = source

    def __aiter__(self) -> AsyncIterator[bytes]:
        # Without Django's two generators in between: closing this one is what ends the stream, and at once.
        return self._source


class EventStream(LiveResponse):
    """A response whose events go out at once: not buffered by proxies, not kept, compressed by feeds alone."""

    def __init__(self, source: AsyncIterator[bytes], encoding: Encoding) -> None:
        headers = {
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-cache, no-transform",
            "X-Accel-Buffering": "no",
        }
        if conf.stream_compression():
            headers["Vary"] = "Accept-Encoding"
        if encoding is GZIP:
            headers["Content-Encoding"] = encoding.name
        super().__init__(source, headers)

    def has_header(self, header: str) -> bool:
        # A project's GZipMiddleware passes over what says that it is encoded; it would compress for each client anew.
        return header.lower() == "content-encoding" or super().has_header(header)


def stream_view(view: AsyncView) -> AsyncView:
    """GET, and HEAD for its headers alone; errors in the shape of the API.

    Nothing can be changed here, so a POST needs no CSRF token to get the answer that it is the wrong method.
    """

    @outside_transactions
    @csrf_exempt
    @functools.wraps(view)
    async def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        try:
            if request.method not in METHODS:
                raise MethodNotAllowed(request.method, METHODS)
            response = await view(request, **arguments)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return response_to(refusal)
        return headers_of(response) if request.method == "HEAD" else response

    return checked


def headers_of(response: HttpResponseBase) -> HttpResponseBase:
    """The answer to HEAD: no stream is begun, so none is counted and nothing has to end."""
    return HttpResponse(headers=dict(response.headers)) if response.streaming else response


def require_room(here: live.Live) -> None:
    if here.is_closing:
        raise Unavailable("the server is going down: come back in a moment", code="closing", retry_after_s=2)
    if here.stream_count >= here.max_streams:
        refused_requests.count(refused_requests.STREAM_REFUSED)
        raise Unavailable(
            f"all {here.max_streams} streams of this server are taken",
            code="too_many_streams",
            retry_after_s=FULL_RETRY_AFTER_S,
        )


async def answer(request: HttpRequest, read: Callable[..., LogRequest | None], *arguments: object) -> HttpResponseBase:
    """The log stream that was asked for, as `read` says; 204 when there is nothing more to come."""
    asked = await sync_to_async(read)(request, *arguments)
    here = live_side(request)
    require_room(here)
    return HttpResponse(status=204) if asked is None else EventStream(log_stream(here, asked), asked.encoding)


@stream_view
async def job_log_stream(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/jobs/{id}/logs/stream"""
    return await answer(request, read_job_request, job_id)


@stream_view
async def plain_log_stream(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/logs/{id}: every entry of the job as an event without a name."""
    return await answer(request, read_plain_request, job_id)


@stream_view
async def service_log_stream(request: HttpRequest) -> HttpResponseBase:
    """GET /api/service/logs/stream"""
    return await answer(request, read_service_request)


@stream_view
async def job_list_stream(request: HttpRequest) -> HttpResponseBase:
    """GET /api/jobs/stream"""
    caller = await sync_to_async(stream_reader)(request)
    JobsStreamQuery.of_url(request.GET)
    here = live_side(request)
    require_room(here)
    encoding = encoding_of(request)
    return EventStream(jobs_stream(here, viewer_of(caller), encoding), encoding)


@stream_view
async def streams_status(request: HttpRequest) -> HttpResponseBase:
    """GET /api/streams/status: which streams this process has open, for what and for whom."""
    await sync_to_async(stream_reader)(request)
    NoParameters.of_url(request.GET)
    try:
        here = live_side(request)
    except StreamsNeedAsgi:
        nothing = OpenStreams(StreamCount(0), {})
        return json_answer(StreamsStatus("active", nothing, 0, 0, 0, [], conf.max_streams(), conf.batch_interval_ms()))
    by_topic = here.streams_by_topic()
    by_job: Counter[str] = Counter()  # with and without descendants
    for topic, count in by_topic.items():
        if topic.job_id:
            by_job[str(topic.job_id)] += count
    return json_answer(
        StreamsStatus(
            "closing" if here.is_closing else "active",
            OpenStreams(
                StreamCount(by_topic[SERVICE] + by_topic[JOBS]),
                {job_id: StreamCount(count) for job_id, count in by_job.items()},
            ),
            here.lagging_count(),
            here.stream_count,
            here.user_count,
            here.sessions,
            here.max_streams,
            here.batch_interval_ms(),
        )
    )
