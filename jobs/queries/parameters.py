"""The parameters of a log request, the same for pages, streams and `tail`; a refusal names the parameter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.dateparse import parse_datetime
from pydantic import Field

from jobs import conf, levels
from jobs.errors import Refusals
from jobs.models import STREAMS, Job, Step
from jobs.models.entry import utc
from jobs.queries.families import is_member
from jobs.queries.filter import Filter
from jobs.storable import storable_text
from jobs.validation.query import BadParameter, Query, Text, one_of, whole_number

MAX_SEARCH = 1_000  # characters; SQLite refuses patterns of 50,000 bytes
CHILDREN = "children"  # the parameter for a job's log together with those of its descendants


def moment(text: str) -> datetime:
    """A time of RFC 3339 in UTC. Raises ValueError."""
    # The plus sign of a zone arrives as a space when the client did not encode the URL.
    parsed = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
    if parsed is None:
        raise ValueError(text)
    return utc(parsed)


def search_text(text: str) -> str:
    if len(text) > MAX_SEARCH:
        raise ValueError(text)
    return storable_text(text)


def yes_or_no(text: str) -> bool:
    return ("0", "1").index(text) == 1  # else a ValueError


AN_ID = {"type": "string", "format": "uuid"}
A_TIME = Text(moment, "a time in RFC 3339, as 2026-01-31T12:00:00Z", {"type": "string", "format": "date-time"})

Level = Annotated[int | None, Text(levels.parse, f"one of {', '.join(levels.NUMBERS)}", {"enum": list(levels.NUMBERS)})]
Stream = Annotated[str | None, one_of(STREAMS)]
SearchText = Annotated[str | None, Text(search_text, f"at most {MAX_SEARCH} characters", {"type": "string"})]
Moment = Annotated[datetime | None, A_TIME]
JobId = Annotated[UUID | None, Text(UUID, "the id of a job", AN_ID)]
StepId = Annotated[UUID | None, Text(UUID, "the id of a step", AN_ID)]
Line = Annotated[int | None, whole_number(1)]
Cursor = Annotated[int | None, whole_number(0)]
Limit = Annotated[int | None, whole_number(1, conf.max_limit)]
Choice = Annotated[bool, Text(yes_or_no, "1 (with the job's descendants) or 0", {"enum": ["0", "1"]})]


class LogFilterQuery(Query):
    step: StepId = Field(None, description="Entries of this step.")
    level: Level = Field(None, description="Entries of this level or above.")
    stream: Stream = Field(None, description="Entries of this stream.")
    search: SearchText = Field(None, description="A substring of the message, case-insensitive for ASCII.")
    from_: Moment = Field(None, alias="from", description="Not before this time.")
    to: Moment = Field(None, description="Not after this time.")
    first_line: Line = Field(None, description="Not before this line.")
    last_line: Line = Field(None, description="Not after this line.")


class ChildrenQuery(Query):
    children: Choice = Field(False, description="1: entries of the job's descendants too, in the order of ids.")


class OfAnyJobQuery(Query):
    job: JobId = Field(None, description="Entries of this job.")


class PagingQuery(Query):
    limit: Limit = Field(None, description="How many at most.")
    since: Cursor = Field(None, description="The id of an entry: the next after it. 0: from the beginning.")
    before: Cursor = Field(None, description="The id of an entry: the last before it.")
    offset: Cursor = Field(None, description="From this matching entry on, the first being 0.")


class JobLogQuery(PagingQuery, ChildrenQuery, LogFilterQuery):
    """A page of a job's log. Parameters are listed in the order of the last base first."""


class ServiceLogQuery(PagingQuery, LogFilterQuery, OfAnyJobQuery):
    """A page of every log."""


def limit_of(limit: int | None, usual: int | None = None) -> int:
    """How many entries are wanted: the limit that was asked for, else the usual one of the page or stream."""
    usual = usual or conf.default_limit()
    return min(usual, conf.max_limit()) if limit is None else limit


def filter_of(
    query: LogFilterQuery, job_id: UUID | None, *, narrowed_to: UUID | None = None, with_children: bool = False
) -> Filter:
    """The filter that was asked for. A step must be one of the job's (of any, without a job).

    Only the log of all jobs (`job_id` None) can be narrowed to a job, and only a job's be widened to those of its
    descendants, whose steps may then be named too. Raises BadParameter.
    """
    family = job_id if with_children else None
    wrong = Refusals()
    for problems in (lines_of_many(query, family), unknown_job(narrowed_to), foreign_step(query.step, job_id, family)):
        for problem in problems:
            wrong.add(problem)
    wrong.end()
    return Filter(
        job=narrowed_to if job_id is None else None,
        family=family,
        step=query.step,
        level=None if query.level == levels.DEBUG else query.level,  # everything is at least debug
        stream=query.stream,
        search=query.search,
        from_time=query.from_,
        to_time=query.to,
        first_line=query.first_line,
        last_line=query.last_line,
    )


def lines_of_many(query: LogFilterQuery, family: UUID | None) -> Iterator[BadParameter]:
    """Lines are numbers within one job, so they do not go with its descendants."""
    if family is not None:
        for name in ("first_line", "last_line"):
            line = getattr(query, name)
            if line is not None:
                yield BadParameter(name, line, f"a line of one job: not to be given with {CHILDREN}=1")


def unknown_job(job_id: UUID | None, name: str = "job") -> Iterator[BadParameter]:
    if job_id is not None and not Job.objects.filter(pk=job_id).exists():
        yield BadParameter(name, job_id, "the id of a job")


def foreign_step(step_id: UUID | None, job_id: UUID | None, family: UUID | None) -> Iterator[BadParameter]:
    if step_id is None:
        return
    step = Step.objects.filter(pk=step_id).first()
    if step is None or not (job_id in (None, step.job_id) or (family is not None and is_member(family, step.job_id))):
        place = "" if job_id is None else " of this job" if family is None else " of this job or its descendants"
        yield BadParameter("step", step_id, f"the id of a step{place}")
