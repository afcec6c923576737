"""Bounds the bodies of requests before Django reads them: it writes a whole body into a file first.

Under /api/, bodies of authenticated callers only are read. Elsewhere strangers send small forms.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPScope,
    Scope,
)
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.utils.module_loading import import_string

from jobs import refused_requests
from jobs.access import known_caller
from jobs.errors import Refusal, TooLarge, Unauthenticated
from jobs.web.refusals import body_of, headers_of, is_for_programs

STRANGERS_BYTES = 64 * 1024


class TooLong(Exception):
    """A body without a Content-Length is longer than it may be."""


def with_bounded_bodies(application: ASGI3Application) -> ASGI3Application:
    """`application`, but a body that is too long gets 413, and one of an unknown caller under /api/ gets 401."""

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        limit = STRANGERS_BYTES
        try:
            if has_body(scope):
                async with ThreadSensitiveContext():
                    limit = await sync_to_async(allowed_bytes)(scope)
                receive = bounded(receive, limit)
            await application(scope, receive, send)
        except Refusal as error:
            await send_error(send, error)
        except TooLong:
            await send_error(send, too_large(scope, limit))
        except SuspiciousOperation:  # raised by Django's request, before any code of Django catches it
            refused_requests.count(refused_requests.SUSPICIOUS, address_of(scope))
            await send_error(send, Refusal("this request cannot be read"))

    return serve


def has_body(scope: HTTPScope) -> bool:
    return length_of(scope) != 0


def length_of(scope: HTTPScope) -> int | None:
    """The length of the body by the request's head, in bytes; None when the head does not give it."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            return int(value)
    return 0


def allowed_bytes(scope: HTTPScope) -> int:
    """The bytes that the body may have. Raises Refusal for a body that must not be read at all."""
    length = length_of(scope)
    is_api = is_for_programs(scope["path"])
    if is_api:
        refuse_strangers(scope)
    elif length is not None and length <= STRANGERS_BYTES:
        return STRANGERS_BYTES
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if is_api or is_signed_in(scope) else STRANGERS_BYTES
    if length is not None and length > limit:
        raise too_large(scope, limit)
    return limit


def refuse_strangers(scope: HTTPScope) -> None:
    """Raises Unauthenticated for a request without a session or a valid token."""
    try:
        known_caller(request_of(scope))
    finally:
        connections.close_all()  # of this thread, which ends after this


def is_signed_in(scope: HTTPScope) -> bool:
    """Whether the request has a session or a valid token."""
    with suppress(Unauthenticated):
        refuse_strangers(scope)
        return True
    return False


def request_of(scope: HTTPScope) -> ASGIRequest:
    """The request without its body, with the user of its session."""
    request = ASGIRequest(scope, BytesIO())
    store: Any = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    return request


def too_large(scope: HTTPScope, limit: int) -> TooLarge:
    """The error for a body over `limit` bytes; counts the refusal."""
    refused_requests.count(refused_requests.LARGE_BODY, address_of(scope))
    return TooLarge(f"the body is too large: {limit:,} bytes at most")


def address_of(scope: HTTPScope) -> str:
    client = scope["client"]
    return client[0] if client else ""


def bounded(receive: ASGIReceiveCallable, limit: int) -> ASGIReceiveCallable:
    """`receive`, but it raises TooLong beyond `limit` bytes."""
    left = limit

    async def receive_bounded() -> ASGIReceiveEvent:
        nonlocal left
        event = await receive()
        if event["type"] == "http.request":
            left -= len(event["body"])
            if left < 0:
                raise TooLong
        return event

    return receive_bounded


async def send_error(send: ASGISendCallable, error: Refusal) -> None:
    """Sends the error as JSON, as the API does."""
    body = body_of(error)
    headers = {**headers_of(error), "Content-Length": str(len(body))}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": pairs, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})
