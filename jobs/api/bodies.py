"""Bodies of requests. Read when access has been granted, so that strangers are turned away before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException

from jobs.errors import Refusal, UnsupportedMediaType
from jobs.validation.objects import StrictObject, WrongMembers, noun_of, read_object, schema_of
from jobs.validation.problems import must_be


class Body(StrictObject):
    """What a request brings, as an object of JSON."""


T = TypeVar("T", bound=Body)


class BadBody(Refusal):
    """`problems`: what is wrong with each member, by name; with the whole, as `body`."""

    code = "bad_body"

    def __init__(self, kind: type[Body], problems: Mapping[str, str], reason: str = "") -> None:
        members = list(kind.model_fields)
        wrong = reason or "; ".join(f"{name} {problem}" for name, problem in problems.items())
        text = f"the body is not as it should be: {wrong} (its members are {', '.join(members)})"
        super().__init__(text, detail={"members": members, "problems": dict(problems)})


class BadJson(Refusal):
    code = "bad_json"


def read_body(request: HttpRequest, kind: type[T], *, is_needed: bool = True) -> T:
    """The JSON body as a `kind`, whatever type it claims to be: curl's `-d` calls everything a form.

    The defaults of `kind` when there is none and none is needed. Raises BadJson, BadBody with the problem of each
    member, and UnsupportedMediaType for a form that was read as one already.
    """
    body = raw_body(request)
    if not body.strip() and not is_needed:
        return kind()
    given = decoded(body, kind)
    if not isinstance(given, dict):
        raise BadBody(kind, {"body": f"{must_be(schema_of(kind))}, not {noun_of(given)}"})
    try:
        return read_object(kind, given)
    except WrongMembers as wrong:
        raise BadBody(kind, wrong.problems) from None


def raw_body(request: HttpRequest) -> bytes:
    """A form of several parts is refused by its type, which no client sends for JSON."""
    unsupported = UnsupportedMediaType("send the body as application/json")
    if request.content_type == "multipart/form-data":
        raise unsupported
    try:
        return request.body
    except RawPostDataException as error:
        raise unsupported from error


def decoded(body: bytes, kind: type[Body]) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.ValidationError as error:  # a number that no JSON parser takes
        raise BadBody(kind, {}, str(error)) from error
    except RecursionError as error:
        raise BadJson("the body is nested too deep") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadJson(f"the body is not valid JSON: {error}") from error
