"""Streams under whatever serves Django: with `logstream/asgi.py` around it or without, as in another project."""

from __future__ import annotations

import asyncio

from asgiref.sync import SyncToAsync
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest

from jobs.errors import Refusal
from logstream import live
from logstream.reading import ReadingPool
from logstream.shutdown import end_with_process


class StreamsNeedAsgi(Refusal):
    status = 501
    code = "streams_need_asgi"

    def __init__(self) -> None:
        super().__init__(
            "live streams need an ASGI server, such as uvicorn, hypercorn, daphne or granian, and this is a WSGI "
            "server: ask for pages instead"
        )


def live_side(request: HttpRequest) -> live.Live:
    """The live side for a stream. It ends with the process, also where no lifespan has begun it.

    Raises StreamsNeedAsgi: a WSGI server would wait for the end of the stream before it sends any of it.
    """
    if not isinstance(request, ASGIRequest):
        raise StreamsNeedAsgi
    here = live.current()
    end_with_process(here)
    return here


async def give_thread_back() -> None:
    """Ends the thread that Django keeps for this request until its response is over, which for a stream is never (S6).

    To be called when the middleware is through. What still calls something in that thread afterwards, as Django does
    at the end of a response, gets a new one for it. `logstream/asgi.py` has streams share a few threads, which stay.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    thread = None if context is None else SyncToAsync.context_to_thread_executor.get(context)
    if context is None or thread is None or isinstance(thread, ReadingPool):
        return
    del SyncToAsync.context_to_thread_executor[context]
    await asyncio.get_running_loop().run_in_executor(thread, connections.close_all)
    thread.shutdown(wait=False)
