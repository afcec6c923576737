"""Makes cookies secure on https, so that browsers send them over https only.

Django's settings have one value for all requests, but the same installation may be reached through a proxy with a
certificate and, on its own machine, without one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Response = HttpResponseBase | Awaitable[HttpResponseBase]


def secured(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response, with secure cookies if the request came over https."""
    if request.is_secure():
        for morsel in response.cookies.values():
            morsel["secure"] = True
    return response


@sync_and_async_middleware
def secure_cookies(get_response: Callable[[HttpRequest], Response]) -> Callable[[HttpRequest], Response]:
    """Middleware for `secured`."""
    if iscoroutinefunction(get_response):

        async def secure_async(request: HttpRequest) -> HttpResponseBase:
            return secured(request, await get_response(request))

        return secure_async

    def secure(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        return secured(request, response)

    return secure
