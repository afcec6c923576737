"""A strict Content-Security-Policy on every HTML page.

Strangers write log text. If a page ever showed some of it as markup, the browser would still refuse to run it or to
send data away: no inline script or style, nothing from other hosts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)

Response = HttpResponseBase | Awaitable[HttpResponseBase]


def protected(response: HttpResponseBase) -> HttpResponseBase:
    """The response, with the headers if it is a page without a policy of its own. Streams and JSON need none."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


@sync_and_async_middleware
def content_security_policy(
    get_response: Callable[[HttpRequest], Response],
) -> Callable[[HttpRequest], Response]:
    """Middleware for `protected`."""
    if iscoroutinefunction(get_response):

        async def protect_async(request: HttpRequest) -> HttpResponseBase:
            response = await get_response(request)
            return protected(response)

        return protect_async

    def protect(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        return protected(response)

    return protect
