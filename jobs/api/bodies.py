"""Bodies of requests. Read when access has been granted, so that strangers are turned away before anything else."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from jobs.errors import Refusal, UnsupportedMediaType
from jobs.validation.problems import must_be, places
from jobs.validation.schemas import Schema, UntitledSchema, resolved

MAX_NAME = 100  # characters of a member that is told


class Body(BaseModel):
    """An object of JSON whose members have these types as they are: no text counts as a number."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


T = TypeVar("T", bound=Body)


class BadBody(Refusal):
    code = "bad_body"


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
    given = decoded(body)
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise bad_body(kind, given, error) from None


def raw_body(request: HttpRequest) -> bytes:
    """A form of several parts is refused by its type, which nobody sends for JSON."""
    unsupported = UnsupportedMediaType("send the body as application/json")
    if request.content_type == "multipart/form-data":
        raise unsupported
    try:
        return request.body
    except RawPostDataException as error:
        raise unsupported from error


def decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.ValidationError as error:  # a number that no JSON parser takes
        raise BadBody(f"the body is not as it should be: {error}") from error
    except RecursionError as error:
        raise BadJson("the body is nested too deep") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadJson(f"the body is not valid JSON: {error}") from error


def bad_body(kind: type[Body], given: object, error: ValidationError) -> BadBody:
    members = list(kind.model_fields)
    problems = dict(problems_of(kind, given, error.errors(include_url=False, include_context=False)))
    told = "; ".join(f"{name} {problem}" for name, problem in problems.items())
    text = f"the body is not as it should be: {told} (its members are {', '.join(members)})"
    return BadBody(text, detail={"members": members, "problems": problems})


def problems_of(kind: type[Body], given: Any, errors: Sequence[ErrorDetails]) -> Iterator[tuple[str, str]]:
    """What is wrong with each member, by name; with the whole, as `body`. A value is not repeated: it may be secret."""
    schema = resolved(kind.model_json_schema(schema_generator=UntitledSchema))
    for name, found in groupby(errors, lambda error: str((*error["loc"], "")[0])):
        of_member = list(found)
        if not name:
            yield "body", f"{must_be(schema)}, not {noun_of(given)}"
        elif of_member[0]["type"] == "extra_forbidden":
            yield name[:MAX_NAME], "is unknown"
        else:
            yield name, problem_of_member(schema["properties"][name], given, name, of_member)


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
