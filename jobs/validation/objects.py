"""Objects of JSON as models: bodies of requests, orders of programs. Every problem is reported by member."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import groupby, islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from jobs.validation.problems import must_be, places
from jobs.validation.schemas import Schema, UntitledSchema, resolved

MAX_NAME = 100  # characters of a reported member
MOST_UNKNOWN = 20  # reported members


class StrictObject(BaseModel):
    """Its members have these types as they are: no text counts as a number."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


T = TypeVar("T", bound=StrictObject)


class WrongMembers(ValueError):
    """`problems`: what is wrong with each member, by name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} {problem}" for name, problem in problems.items()))
        self.problems = dict(problems)


def read_object(kind: type[T], given: Mapping[str, object]) -> T:
    """Raises WrongMembers. A value is not repeated: it may be secret."""
    known = {name: given[name] for name in kind.model_fields if name in given}
    unknown = islice((name for name in given if name not in known), MOST_UNKNOWN)
    problems = {name[:MAX_NAME]: "is unknown" for name in unknown}
    try:
        found = kind.model_validate(known)
    except ValidationError as error:
        raise WrongMembers({**problems_of(kind, known, error), **problems}) from None
    if problems:
        raise WrongMembers(problems)
    return found


def schema_of(kind: type[StrictObject]) -> Schema:
    return resolved(kind.model_json_schema(schema_generator=UntitledSchema))


def problems_of(kind: type[StrictObject], given: dict[str, object], error: ValidationError) -> dict[str, str]:
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
