"""Cross-origin requests: pages of the origins in QUAERO_CORS_ORIGINS may use the API, with a token or a ticket.

It is an ASGI wrapper around everything, so that every answer has the headers, also a refusal before Django. A browser
hides answers without them from the page, errors included.

Credentials are not allowed, so a page of another origin cannot use the session's cookie: it needs a token or a ticket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

Header = tuple[bytes, bytes]

PATHS = ("/api/", "/v1/")
METHODS = b"GET, HEAD, POST, PATCH, DELETE"
REQUEST_HEADERS = (
    b"Authorization, Content-Type, Content-Encoding, Idempotency-Key, Last-Event-ID, Cache-Control, X-Requested-With"
)
ANSWER_HEADERS = b"Allow, Content-Disposition, Retry-After, WWW-Authenticate"
PREFLIGHT_LASTS_S = b"600"


class SendWithHeaders:
    """The `send` of one request, with headers added to the answer."""

    def __init__(self, send: ASGISendCallable, headers: list[Header]) -> None:
        self._send = send
        self._headers = headers
        # The live side finds its streams' connections through `send`.
        self.transport = getattr(getattr(send, "__self__", None), "transport", None)

    async def send(self, event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start":
            event = {**event, "headers": merged(event["headers"], self._headers)}
        await self._send(event)


def with_cors(application: ASGI3Application, origins: Iterable[str]) -> ASGI3Application:
    """`application`, with answers that pages of `origins` may read; unchanged where there are no origins."""
    allowed = frozenset(origin.encode("ascii") for origin in origins)

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATHS):
            await application(scope, receive, send)
            return
        origin = header(scope, b"origin")
        # In every answer: a cache must not give one origin the answer for another.
        headers: list[Header] = [(b"vary", b"Origin")]
        if origin in allowed:
            headers += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", ANSWER_HEADERS)]
            if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method"):
                await permit(send, headers)
                return
        await application(scope, receive, SendWithHeaders(send, headers).send)

    return serve if allowed else application


async def permit(send: Callable[[ASGISendEvent], Awaitable[None]], headers: list[Header]) -> None:
    """Answers a preflight. It carries no token; the rights are checked for the request that follows."""
    permitted = [
        *headers,
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", REQUEST_HEADERS),
        (b"access-control-max-age", PREFLIGHT_LASTS_S),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": permitted, "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def header(scope: HTTPScope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def merged(headers: Iterable[Header], more: Iterable[Header]) -> list[Header]:
    """Both lists, with one `Vary` that has the values of both."""
    together = [(name.lower(), value) for name, value in (*headers, *more)]
    vary = b", ".join(value for name, value in together if name == b"vary")
    return [*((name, value) for name, value in together if name != b"vary"), (b"vary", vary)]
