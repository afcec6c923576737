"""The routes of downloads. A download that cannot be completed breaks off: its end must not look like the log's."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from jobs.credentials import require_still
from jobs.queries.cursors import CursorReset
from jobs.queries.long_reads import in_turns
from logstream.any_server import give_thread_back, live_side
from logstream.downloads.parts import Parts
from logstream.downloads.requests import DownloadRequest, read_job_download, read_service_download
from logstream.live import Live
from logstream.open_stream import connection
from logstream.rights import LOOK_EVERY_S
from logstream.sockets import cut
from logstream.stepping import Stepwise
from logstream.streams import open_stream, until_closed
from logstream.subscription import Closed
from logstream.views import LiveResponse, require_room, stream_view

logger = logging.getLogger(f"quaero.{__name__}")


class BrokenOff(Exception):
    """The rest of a download cannot be sent. A server closes the connection in the middle of the answer."""


@stream_view
async def job_log_download(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """GET /api/jobs/{id}/logs/download"""
    return await answer(request, read_job_download, job_id)


@stream_view
async def service_log_download(request: HttpRequest) -> HttpResponseBase:
    """GET /api/service/logs/download"""
    return await answer(request, read_service_download)


async def answer(request: HttpRequest, read: Callable[..., DownloadRequest], *arguments: object) -> HttpResponseBase:
    asked = await sync_to_async(read)(request, *arguments)
    if not isinstance(request, ASGIRequest):
        return StreamingHttpResponse(parts_in_thread(asked), headers=asked.headers)
    here = live_side(request)
    require_room(here)
    return LiveResponse(parts_beside_streams(here, asked), headers=asked.headers)


async def parts_beside_streams(live: Live, asked: DownloadRequest) -> AsyncIterator[bytes]:
    """Counts as an open stream, and ends as one: with the right to read, and with the server."""
    await give_thread_back()
    with open_stream(live, asked.topic, asked.viewer) as subscription:
        try:
            async for data in until_closed(subscription, parts_in_turns(live, asked)):
                if data:
                    yield data
        except CursorReset:
            break_off("entries that were still to come are deleted")
        except Closed:
            break_off("the server stops, or the reader may not read any more")


async def parts_in_turns(live: Live, asked: DownloadRequest) -> AsyncIterator[bytes]:
    """The parts; NOTHING while one is looked for."""
    parts = Parts(asked)
    while not parts.is_over:
        reading = Stepwise(live, asked.viewer.id, parts.next())
        async for nothing in reading:
            yield nothing
        yield reading.result


def break_off(reason: str) -> None:
    """Cuts the connection. Where the server does not let us see it, the exception has the server cut it."""
    logger.info("A download was broken off: %s", reason)
    transport = connection.get()
    if transport is None:
        raise BrokenOff(reason)
    cut(transport)


def parts_in_thread(asked: DownloadRequest) -> Iterator[bytes]:
    """The same for a WSGI server, in the thread of the request."""
    parts, looked_at = Parts(asked), time.monotonic()
    while not parts.is_over:
        yield in_turns(parts.next(), asked.viewer.id)
        if asked.viewer.grounds is not None and time.monotonic() > looked_at + LOOK_EVERY_S:
            require_still(asked.viewer.grounds)
            looked_at = time.monotonic()
