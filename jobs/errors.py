"""Errors as clients see them: one shape for every door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse

from jobs import levels
from jobs.lifecycle import JobIsRunning
from jobs.models import NoSuchJob, StepOfAnotherJob
from jobs.operations import IsServiceJob, JobHasEnded
from jobs.queries.cursors import CursorOfAnotherJob
from jobs.queries.parameters import BadParameter
from jobs.runnables import BadParameters, UnknownRunnable


class ApiError(Exception):
    """An answer that refuses: `status`, a machine word `code`, and a text that says what is wrong and allowed."""

    status = 400
    code = "bad_request"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        detail: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status or self.status
        self.code = code or self.code
        self.detail = dict(detail or {})
        self.headers = dict(headers or {})


class Unauthenticated(ApiError):
    status = 401
    code = "unauthenticated"

    def __init__(self, message: str, code: str = "unauthenticated") -> None:
        super().__init__(message, code=code, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(ApiError):
    status = 403
    code = "forbidden"


class NotFound(ApiError):
    status = 404
    code = "not_found"


class MethodNotAllowed(ApiError):
    status = 405
    code = "method_not_allowed"

    def __init__(self, method: str | None, allowed: Iterable[str]) -> None:
        names = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not possible here: use {names}", headers={"Allow": names})


class Unavailable(ApiError):
    """Not now: 503 with `Retry-After` in seconds."""

    status = 503
    code = "unavailable"

    def __init__(self, message: str, *, code: str = "unavailable", retry_after_s: int = 5) -> None:
        super().__init__(message, code=code, headers={"Retry-After": str(retry_after_s)})


def as_api_error(error: Exception) -> ApiError | None:
    """What the domain raised, as the answer to a client; None when it is nobody's input that was wrong."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BadParameter):
        return ApiError(str(error), code="bad_parameter", detail=error.detail)
    if isinstance(error, BadParameters):
        return ApiError(str(error), code="bad_parameters", detail={"problems": error.problems})
    if isinstance(error, UnknownRunnable):
        return NotFound(str(error), code="no_such_runnable", detail={"name": error.name, "known": error.known})
    if isinstance(error, CursorOfAnotherJob):
        return ApiError(str(error), code="cursor_of_another_job")
    if isinstance(error, levels.UnknownLevel | StepOfAnotherJob):
        return ApiError(str(error), code="bad_value")
    if isinstance(error, NoSuchJob):
        return NotFound(str(error), code="no_such_job")
    if isinstance(error, JobIsRunning):
        return ApiError(str(error), status=409, code="job_is_running")
    if isinstance(error, JobHasEnded):
        return ApiError(str(error), status=409, code="job_has_ended")
    if isinstance(error, IsServiceJob):
        return Forbidden(str(error))
    return as_refusal(error)


def as_refusal(error: Exception) -> ApiError | None:
    """The same for what Django raises. Its texts name our code, so they stay here."""
    if isinstance(error, Http404):
        return NotFound("there is nothing at this address")
    if isinstance(error, PermissionDenied):
        return Forbidden("you may not do this")
    if isinstance(error, RequestDataTooBig):
        return ApiError("the body is too large", status=413, code="too_large")
    return None


def error_body(message: str, code: str, detail: Mapping[str, object] | None = None) -> bytes:
    return msgspec.json.encode({"error": message, "code": code, "detail": dict(detail or {})})


def error_response(error: ApiError) -> HttpResponse:
    body = error_body(str(error), error.code, error.detail)
    return HttpResponse(
        body,
        status=error.status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **error.headers},
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether an error of this request is for a program."""
    return is_for_programs(request.path)


def is_for_programs(path: str) -> bool:
    """Everything under /api/ and /v1/."""
    return f"{path}/".startswith(("/api/", "/v1/"))
