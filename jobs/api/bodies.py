"""Bodies of requests. Read when access has been granted, so that strangers are turned away before anything else."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException

from jobs.errors import ApiError

T = TypeVar("T", bound=msgspec.Struct)


def read_body(request: HttpRequest, kind: type[T]) -> T:
    """The JSON body as a `kind`, whatever type it claims to be: curl's `-d` calls everything a form.

    Raises ApiError: 400 for what is no JSON or no such object, 415 for a form that was read as one already.
    """
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise ApiError(f"the body is not as it should be: {error}", code="bad_body") from error
    except msgspec.DecodeError as error:
        raise ApiError(f"the body is not valid JSON: {error}", code="bad_json") from error
    except RawPostDataException as error:
        raise ApiError("send the body as application/json", status=415, code="unsupported_media_type") from error
