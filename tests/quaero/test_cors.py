"""Answers to cross-origin requests, whatever application is inside."""

from __future__ import annotations

from typing import Any

import pytest

from quaero.http.cors import with_cors

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
PATHS = ["/api/jobs", "/api/tickets", "/api/jobs/1/logs/stream", "/api/logs/1", "/v1/logs"]


async def inside(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"Vary", b"Cookie"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"inside"})


async def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer of an installation with FRIEND among its origins."""
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "method": method, "path": path, "headers": pairs}
    await with_cors(inside, [FRIEND])(scope, None, send)  # type: ignore[arg-type]
    answered = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(dict(answered)) == len(answered)
    return sent[0]["status"], dict(answered), sent[1]["body"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_named_origin_may_read_every_answer_refusals_too(path: str) -> None:
    status, headers, body = await ask(path, origin=FRIEND)
    assert (status, body, headers["access-control-allow-origin"]) == (503, b"inside", FRIEND)
    assert "Retry-After" in headers["access-control-expose-headers"]
    assert headers["vary"] == "Cookie, Origin"


@pytest.mark.parametrize("path", PATHS)
async def test_preflights_of_a_named_origin_are_answered_before_anything_is_asked(path: str) -> None:
    status, headers, body = await ask(path, "OPTIONS", origin=FRIEND, access_control_request_method="DELETE")
    assert (status, body, headers["access-control-allow-origin"]) == (204, b"", FRIEND)
    assert "DELETE" in headers["access-control-allow-methods"]
    allowed = {name.strip() for name in headers["access-control-allow-headers"].split(",")}
    assert {"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"} <= allowed
    assert headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", "", f"{FRIEND}:443", f"{FRIEND}.stranger.example", FRIEND.upper()]
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_other_origins_get_nothing(origin: str, method: str) -> None:
    status, headers, _ = await ask("/api/jobs", method, origin=origin, access_control_request_method="GET")
    assert (status, headers) == (503, {"retry-after": "5", "vary": "Cookie, Origin"})


async def test_a_cookie_lets_no_caller_in() -> None:
    _, headers, _ = await ask("/api/jobs", origin=FRIEND)
    _, preflight, _ = await ask("/api/jobs", "OPTIONS", origin=FRIEND, access_control_request_method="GET")
    assert "access-control-allow-credentials" not in {*headers, *preflight}


async def test_pages_are_no_business_of_other_origins() -> None:
    _, headers, _ = await ask("/login/", origin=FRIEND)
    assert headers == {"Vary": "Cookie", "retry-after": "5"}


def test_without_origins_the_application_is_unchanged() -> None:
    assert with_cors(inside, []) is inside
