"""What ninja refuses by itself, in the shape of all errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja.errors import HttpError, ValidationError

from jobs.access import Caller
from jobs.errors import MethodNotAllowed, Refusal
from jobs.web.refusals import refusal_of, response_to


def refuse(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer to what a view or ninja raised. What is nobody's input goes on to Django, which logs it."""
    assert isinstance(error, Exception)
    known = refusal_of(error) or as_ninja_error(error)
    if known is None:
        raise error
    return response_to(known)


@contextmanager
def without_names(caller: Caller) -> Iterator[None]:
    """Within, a refusal names no job to a token that may change jobs and not read them."""
    try:
        yield
    except Refusal as error:
        if caller.may("read") or not error.nameless:
            raise
        raise type(error)(error.nameless) from error


def as_ninja_error(error: Exception) -> Refusal | None:
    if isinstance(error, ValidationError):
        problems = [{"at": place_of(problem["loc"]), "problem": problem["msg"]} for problem in error.errors]
        text = "; ".join(f"{problem['at']}: {problem['problem']}" for problem in problems)
        return Refusal(text, code="bad_body", detail={"problems": problems})
    if isinstance(error, HttpError):
        return Refusal(str(error), status=error.status_code)
    return None


def place_of(location: tuple[str | int, ...]) -> str:
    """Where in the body: pydantic's path without ninja's two names for the body as a whole."""
    return ".".join(str(part) for part in location[2:]) or "body"


def method_not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    allowed = set(response.headers["Allow"].split(", "))
    if "GET" in allowed:
        allowed.add("HEAD")
    return response_to(MethodNotAllowed(request.method, allowed))
