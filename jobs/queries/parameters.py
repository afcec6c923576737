"""Reads the parameters of a log request, the same for pages, streams and `tail`; a refusal names the parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from jobs import levels
from jobs.models import STREAMS, Job, Step
from jobs.models.entry import utc
from jobs.queries.families import is_member
from jobs.queries.filter import Filter
from jobs.storable import storable_text

T = TypeVar("T")
MAX_ID = 2**63 - 1
MAX_SEARCH = 1_000  # characters; SQLite refuses patterns of 50,000 bytes

CHILDREN = "children"  # the parameter for a job's log together with those of its descendants
FILTER_PARAMETERS = ("step", "level", "stream", "search", "from", "to", "first_line", "last_line")


class BadParameter(ValueError):
    """A parameter with a value that is not allowed. The text names both."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name}={str(value)[:100]!r} is not allowed: {name} is {allowed}")
        self.name, self.value, self.allowed = name, str(value)[:100], allowed

    @property
    def detail(self) -> dict[str, str]:
        return {"parameter": self.name, "value": self.value, "allowed": self.allowed}


class UnknownParameter(BadParameter):
    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        words = f"use some of {', '.join(known)}" if known else "there are none here"
        ValueError.__init__(self, f"unknown parameter {name[:100]!r}: {words}")
        self.name, self.value, self.allowed = name[:100], "", f"one of {', '.join(known)}" if known else "none"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Given parameters by name. A parameter with an empty value counts as not given."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str], known: tuple[str, ...]) -> Parameters:
        """The parameters, each of which must be in `known`. Raises UnknownParameter for any other.

        If it ignored a misspelt filter, the client would get the wrong logs.
        """
        for name in given:
            if name not in known:
                raise UnknownParameter(name, known)
        return cls({name: value for name, value in given.items() if value != ""})

    @classmethod
    def of_query(cls, query: QueryDict, known: tuple[str, ...]) -> Parameters:
        """As `of`, from a URL. Raises BadParameter for one that is given twice: either value could be meant."""
        given = {name: query.getlist(name) for name in query}
        for name, values in given.items():
            if len(values) > 1:
                raise BadParameter(name, ", ".join(values), "to be given once")
        return cls.of({name: values[0] for name, values in given.items()}, known)

    def read(self, name: str, convert: Callable[[str], T], allowed: str) -> T | None:
        """The converted value; None where it is not given. A ValueError of `convert` becomes BadParameter."""
        value = self.given.get(name)
        if value is None:
            return None
        try:
            return convert(value)
        except ValueError:
            raise BadParameter(name, value, allowed) from None

    def number(self, name: str, lowest: int, highest: int) -> int | None:
        """A whole number within these bounds, both included. Raises BadParameter."""

        def convert(text: str) -> int:
            if not (text.isascii() and text.isdigit() and len(text) < 20 and lowest <= int(text) <= highest):
                raise ValueError(text)
            return int(text)

        upper = f"to {highest}" if highest < MAX_ID else "up"
        return self.read(name, convert, f"a whole number from {lowest} {upper}")


def read_filter(parameters: Parameters, job_id: UUID | None) -> Filter:
    """The filter in the parameters. A step must belong to the job; without a job, to any.

    Only the log of all jobs (`job_id` None) takes `job`, and only a job's log takes `children`, which adds its
    descendants' logs; then `step` may name their steps too. Raises BadParameter.
    """
    family = read_family(parameters, job_id)
    return Filter(
        job=read_job(parameters) if job_id is None else None,
        family=family,
        step=read_step(parameters, job_id, with_children=family is not None),
        level=read_level(parameters),
        stream=parameters.read("stream", one_of(STREAMS), f"one of {', '.join(STREAMS)}"),
        search=parameters.read("search", search_text, f"at most {MAX_SEARCH} characters"),
        from_time=read_moment(parameters, "from"),
        to_time=read_moment(parameters, "to"),
        first_line=parameters.number("first_line", 1, MAX_ID),
        last_line=parameters.number("last_line", 1, MAX_ID),
    )


def read_family(parameters: Parameters, job_id: UUID | None) -> UUID | None:
    """The job, if `children` is 1. Line ranges are refused with it: lines are numbers within one job."""
    choice = parameters.read(CHILDREN, one_of(("0", "1")), "1 (with the job's descendants) or 0")
    if job_id is None or choice != "1":
        return None
    for name in ("first_line", "last_line"):
        if name in parameters.given:
            raise BadParameter(name, parameters.given[name], f"a line of one job: not to be given with {CHILDREN}=1")
    return job_id


def read_level(parameters: Parameters) -> int | None:
    """The stored number of the lowest level; None where every entry matches. Raises BadParameter."""
    level = parameters.read("level", levels.parse, f"one of {', '.join(levels.NUMBERS)}")
    return None if level == levels.DEBUG else level  # everything is at least debug


def read_job(parameters: Parameters, name: str = "job") -> UUID | None:
    """The id of a stored job; None where none is given. Raises BadParameter."""
    job_id = parameters.read(name, UUID, "the id of a job")
    if job_id is not None and not Job.objects.filter(pk=job_id).exists():
        raise BadParameter(name, job_id, "the id of a job")
    return job_id


def read_step(parameters: Parameters, job_id: UUID | None, *, with_children: bool = False) -> UUID | None:
    """The id of a step of the job (or of its family); None where none is given. Raises BadParameter."""
    allowed = "the id of a step"
    if job_id is not None:
        allowed += " of this job or its descendants" if with_children else " of this job"
    step_id = parameters.read("step", UUID, allowed)
    if step_id is not None:
        step = Step.objects.filter(pk=step_id).first()
        if step is None or not (
            job_id in (None, step.job_id) or (job_id and with_children and is_member(job_id, step.job_id))
        ):
            raise BadParameter("step", step_id, allowed)
    return step_id


def read_limit(parameters: Parameters, default: int | None = None) -> int:
    """The number of entries, from 1 to QUAERO_STREAM_MAX_LIMIT. Raises BadParameter."""
    highest = int(getattr(settings, "QUAERO_STREAM_MAX_LIMIT", 1000))
    limit = parameters.number("limit", 1, highest)
    usual = default or int(getattr(settings, "QUAERO_STREAM_DEFAULT_LIMIT", 100))
    return min(usual, highest) if limit is None else limit


def read_cursor(parameters: Parameters, name: str) -> int | None:
    """An entry's id, or 0 for the beginning. Raises BadParameter."""
    return parameters.number(name, 0, MAX_ID)


def read_moment(parameters: Parameters, name: str) -> datetime | None:
    """A time in UTC; None where none is given. Raises BadParameter."""
    return parameters.read(name, moment, "a time in RFC 3339, as 2026-01-31T12:00:00Z")


def one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """A conversion for `Parameters.read` that allows these texts only."""

    def convert(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return convert


def search_text(text: str) -> str:
    """The text made storable. Raises ValueError for more than MAX_SEARCH characters."""
    if len(text) > MAX_SEARCH:
        raise ValueError(text)
    return storable_text(text)


def moment(text: str) -> datetime:
    """A time of RFC 3339 in UTC. Raises ValueError."""
    # The plus sign of a zone arrives as a space when the client did not encode the URL.
    parsed = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
    if parsed is None:
        raise ValueError(text)
    return utc(parsed)
