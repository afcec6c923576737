"""How a refusal looks over HTTP, in one place for all doors: the API, streams, error pages and middleware."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse

from jobs.errors import Forbidden, NotFound, Refusal, TooLarge

# What Django raises. Its texts name our code, so they stay here.
OF_DJANGO: dict[type[Exception], Callable[[], Refusal]] = {
    Http404: lambda: NotFound("there is nothing at this address"),
    PermissionDenied: lambda: Forbidden("you may not do this"),
    RequestDataTooBig: lambda: TooLarge("the body is too large"),
}


RefusalBody = msgspec.defstruct("Refusal", [("error", str), ("code", str), ("detail", dict[str, object])])
"""Every error, as the description of the API has it: what is wrong and what is allowed."""


def refusal_of(error: Exception) -> Refusal | None:
    """What a view has raised, as a refusal; None when the fault is not the client's."""
    if isinstance(error, Refusal):
        return error
    return next((refusal() for kind, refusal in OF_DJANGO.items() if isinstance(error, kind)), None)


def body_of(refusal: Refusal) -> bytes:
    """`{"error", "code", "detail"}`, also of the events that end a stream."""
    return msgspec.json.encode(RefusalBody(str(refusal), refusal.code, refusal.detail))


def headers_of(refusal: Refusal) -> dict[str, str]:
    return {"Content-Type": "application/json", "Cache-Control": "no-store", **refusal.headers}


def response_to(refusal: Refusal) -> HttpResponse:
    return HttpResponse(body_of(refusal), status=refusal.status, headers=headers_of(refusal))


def wants_json(request: HttpRequest) -> bool:
    """Whether an error of this request is for a program."""
    return is_for_programs(request.path_info)


def is_for_programs(path: str) -> bool:
    """Everything under /api/ and /v1/."""
    return f"{path}/".startswith(("/api/", "/v1/"))
