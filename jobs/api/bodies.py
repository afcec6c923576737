"""Bodies of requests. Read when access has been granted, so that strangers are turned away before anything else."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException

from jobs.errors import Refusal, UnsupportedMediaType

T = TypeVar("T", bound=msgspec.Struct)


def read_body(request: HttpRequest, kind: type[T]) -> T:
    """The JSON body as a `kind`, whatever type it claims to be: curl's `-d` calls everything a form.

    Raises Refusal: 400 for what is no JSON or no such object, 415 for a form that was read as one already.
    """
    return decoded(raw_body(request), kind)


def read_optional_body(request: HttpRequest, kind: type[T]) -> T:
    """The same, and the defaults of `kind` when there is no body."""
    body = raw_body(request)
    return decoded(body, kind) if body.strip() else kind()


def raw_body(request: HttpRequest) -> bytes:
    """A form of several parts is refused by its type, which nobody sends for JSON."""
    unsupported = UnsupportedMediaType("send the body as application/json")
    if request.content_type == "multipart/form-data":
        raise unsupported
    try:
        return request.body
    except RawPostDataException as error:
        raise unsupported from error


def decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        members = list(kind.__struct_fields__)
        text = f"the body is not as it should be: {error} (its members are {', '.join(members)})"
        raise Refusal(text, code="bad_body", detail={"members": members}) from error
    except RecursionError as error:
        raise Refusal("the body is nested too deep", code="bad_json") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(f"the body is not valid JSON: {error}", code="bad_json") from error
