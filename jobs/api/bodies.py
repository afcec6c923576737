"""Bodies of requests. Read when access has been granted, so that strangers are turned away before anything else."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import groupby, islice
from typing import TypeVar

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from jobs.errors import Refusal, UnsupportedMediaType
from jobs.validation.problems import must_be, places
from jobs.validation.schemas import Schema, UntitledSchema, resolved

MAX_NAME = 100  # characters of a member that is told
MOST_UNKNOWN = 20  # members that are told


class Body(BaseModel):
    """An object of JSON whose members have these types as they are: no text counts as a number."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


T = TypeVar("T", bound=Body)


class BadBody(Refusal):
    """`problems`: what is wrong with each member, by name; with the whole, as `body`."""

    code = "bad_body"

    def __init__(self, kind: type[Body], problems: Mapping[str, str], reason: str = "") -> None:
        members = list(kind.model_fields)
        told = reason or "; ".join(f"{name} {problem}" for name, problem in problems.items())
        text = f"the body is not as it should be: {told} (its members are {', '.join(members)})"
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
    known = {name: given[name] for name in kind.model_fields if name in given}
    problems = {
        name[:MAX_NAME]: "is unknown" for name in islice((each for each in given if each not in known), MOST_UNKNOWN)
    }
    try:
        found = kind.model_validate(known)
    except ValidationError as error:
        raise BadBody(kind, {**problems_of(kind, known, error), **problems}) from None
    if problems:
        raise BadBody(kind, problems)
    return found


def raw_body(request: HttpRequest) -> bytes:
    """A form of several parts is refused by its type, which nobody sends for JSON."""
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


def schema_of(kind: type[Body]) -> Schema:
    return resolved(kind.model_json_schema(schema_generator=UntitledSchema))


def problems_of(kind: type[Body], given: dict[str, object], error: ValidationError) -> dict[str, str]:
    """A value is not repeated: it may be secret."""
    members = schema_of(kind)["properties"]
    errors = groupby(error.errors(include_url=False, include_context=False), lambda each: str(each["loc"][0]))
    return {name: problem_of_member(members[name], given, name, list(found)) for name, found in errors}


def problem_of_member(schema: Schema, given: dict[str, object], name: str, errors: Sequence[ErrorDetails]) -> str:
    if name not in given:
        return f"is missing: it {must_be(schema)}"
    where = places(errors, given[name], depth=1)
    return f"{must_be(schema)}{where or f', not {noun_of(given[name])}'}"


def noun_of(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return "a number of so many digits"
    nouns = ((str, "a text"), (int | float, "a number"), (list, "a list"))
    return next((noun for kind, noun in nouns if isinstance(value, kind)), "an object")
