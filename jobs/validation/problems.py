"""What pydantic found wrong, in our words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from jobs.validation.schemas import Schema, without_null
from jobs.validation.wording import allowed

MOST_PLACES = 3

# What is the matter at a place within a value, by the type of pydantic's error. Else the value there is wrong.
AT_A_PLACE = {"missing": "is missing", "extra_forbidden": "is unknown"}


def must_be(schema: Schema) -> str:
    """As "must be a whole number from 1 up, or null", of a schema without references."""
    rest, is_nullable = without_null(schema)
    return f"must be {allowed(rest)}{', or null' if is_nullable else ''}"


def places(errors: Iterable[ErrorDetails], value: object, depth: int) -> str:
    """Where within a list or an object the errors are; empty for the value as a whole.

    `depth`: how much of their locations leads to the value.
    """
    found = {place_in(value, error, depth): AT_A_PLACE.get(error["type"], "is wrong") for error in errors}
    told = [f"`${place}` {problem}" for place, problem in found.items() if place]
    if not told:
        return ""
    more = f" and {len(told) - MOST_PLACES} more" if len(told) > MOST_PLACES else ""
    return f" ({', '.join(told[:MOST_PLACES])}{more})"


def place_in(value: Any, error: ErrorDetails, depth: int) -> str:
    """As `.shops[1]`. Pydantic puts names of its own between, as of the types of a union."""
    place = ""
    location = error["loc"][depth:]
    for index, part in enumerate(location):
        is_missing = error["type"] == "missing" and index == len(location) - 1
        if isinstance(value, dict) and isinstance(part, str) and (part in value or is_missing):
            place, value = f"{place}.{part[:100]}", value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and (part < len(value) or is_missing):
            place, value = f"{place}[{part}]", None if is_missing else value[part]
    return place
