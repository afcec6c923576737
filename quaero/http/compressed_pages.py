"""Pages and JSON that are long are sent compressed to clients that take gzip.

Streams and downloads are not touched: they compress by blocks that clients share, and by parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.text import compress_string

from jobs.terms.encodings import accepts_gzip

TYPES = ("text/html", "application/json")
SMALLEST = 2000  # bytes
# So many random bytes are added, as by Django's own middleware: a length must not say what is in a page (BREACH).
RANDOM_BYTES = 100

Response = HttpResponseBase | Awaitable[HttpResponseBase]


def is_to_be_compressed(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Adds to `Vary` where another client would get another answer."""
    if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
        return False
    if len(response.content) < SMALLEST or not response.headers.get("Content-Type", "").startswith(TYPES):
        return False
    patch_vary_headers(response, ["Accept-Encoding"])
    return accepts_gzip(request.headers.get("Accept-Encoding", ""))


def compress(response: HttpResponseBase) -> None:
    assert isinstance(response, HttpResponse)
    response.content = compress_string(response.content, max_random_bytes=RANDOM_BYTES)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = "gzip"


@sync_and_async_middleware
def compressed_pages(get_response: Callable[[HttpRequest], Response]) -> Callable[[HttpRequest], Response]:
    """Middleware. Compressing is done in a thread: the loop has streams to serve."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            if is_to_be_compressed(request, response):
                await asyncio.to_thread(compress, response)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        if is_to_be_compressed(request, response):
            compress(response)
        return response

    return answer
