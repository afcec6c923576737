"""The parameters of a log request, the same for pages, streams and `tail`: those of the filter, and where to begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, create_model

from jobs import conf
from jobs.errors import Refusals
from jobs.models import Job, Step
from jobs.queries.families import is_member
from jobs.queries.fields import FilterField
from jobs.queries.filter import FIELDS, Filter, OfJob
from jobs.queries.texts import A_SHORT_TEXT, A_TIME, id_of
from jobs.validation.query import BadParameter, Query, Text, whole_number

USUAL_BUCKETS, MOST_BUCKETS = 60, 200  # of a histogram
CHILDREN = "children"  # the parameter for a job's log together with those of its descendants
MOST_FOUND = 1_000  # entries in one answer
OF_ONE_JOB = f"a line of one job: not to be given with {CHILDREN}=1"


def yes_or_no(text: str) -> bool:
    return ("0", "1").index(text) == 1  # else a ValueError


SearchText = Annotated[str | None, A_SHORT_TEXT]
Moment = Annotated[datetime | None, A_TIME]
JobId = Annotated[UUID | None, id_of("job")]
Cursor = Annotated[int | None, whole_number(0)]
Limit = Annotated[int | None, whole_number(1, conf.max_limit)]
Switch = Annotated[bool, Text(yes_or_no, "1 or 0", {"enum": ["0", "1"]})]
Choice = Annotated[bool, Text(yes_or_no, "1 (with the job's descendants) or 0", {"enum": ["0", "1"]})]


class FilterQuery(Query):
    """Parameters that are fields of the filter, under the names of its members."""

    @property
    def conditions(self) -> dict[str, Any]:
        """The values that were given, by the member of `Filter`."""
        values = ((member, getattr(self, member, None)) for member in FIELDS)
        return {member: value for member, value in values if value is not None}


def asking_for(members: Iterable[str]) -> type[FilterQuery]:
    """A query with these fields of the filter, as they are defined."""
    parameters: dict[str, Any] = {
        member: (Annotated[object, FIELDS[member].text], described(FIELDS[member])) for member in members
    }
    return create_model("FieldsQuery", __base__=FilterQuery, **parameters)


def described(definition: type[FilterField[Any]]) -> Any:
    return Field(None, alias=definition.name, description=definition.meaning)


OF_ANY_LOG = tuple(member for member, definition in FIELDS.items() if definition is not OfJob)


class LogFilterQuery(asking_for(OF_ANY_LOG)):  # type: ignore[misc]  # made from the definitions, which mypy cannot follow
    """All that a log can be filtered by."""


class OfAnyJobQuery(asking_for(["job"])):  # type: ignore[misc]
    """The log of all jobs can be narrowed to one."""


class ChildrenQuery(Query):
    children: Choice = Field(False, description="1: entries of the job's descendants too, in the order of ids.")


class PagingQuery(Query):
    limit: Limit = Field(None, description="How many at most.")
    since: Cursor = Field(None, description="The id of an entry: the next after it. 0: from the beginning.")
    before: Cursor = Field(None, description="The id of an entry: the last before it.")
    offset: Cursor = Field(None, description="From this matching entry on, the first being 0.")
    around: Cursor = Field(None, description="The id of an entry: it, and about as many before it as after it.")


class PlaceQuery(Query):
    id: Cursor = Field(None, description="The id of an entry: the first matching one with this id or a higher one.")
    time: Moment = Field(None, description="A time: the first matching entry that is not earlier.")
    index: Cursor = Field(None, description="The matching entry with this number, the first being 0.")


class LineQuery(Query):
    line: Annotated[int | None, whole_number(1)] = Field(
        None, description="A line: the first matching entry at this line or after it. Not with `children=1`."
    )


class BucketsQuery(Query):
    buckets: Annotated[int | None, whole_number(1, MOST_BUCKETS)] = Field(
        None, description=f"How many buckets at most; {USUAL_BUCKETS} without."
    )


class JobHistogramQuery(BucketsQuery, ChildrenQuery, LogFilterQuery):
    """The histogram of a job's log."""


class ServiceHistogramQuery(BucketsQuery, LogFilterQuery, OfAnyJobQuery):
    """The histogram of every log."""


class JobLogQuery(PagingQuery, ChildrenQuery, LogFilterQuery):
    """A page of a job's log. Parameters are listed in the order of the last base first."""


class NeedleQuery(Query):
    find: SearchText = Field(None, description="What to find in messages.")
    case: Switch = Field(False, description="1: with regard to case. Else letters of ASCII match in both cases.")
    regex: Switch = Field(False, description="1: `find` is a regular expression of RE2.")


class FindQuery(NeedleQuery):
    since: Cursor = Field(None, description="The id of an entry: the first after it.")
    at: Cursor = Field(None, description="The id of an entry: the first from it on.")
    before: Cursor = Field(None, description="The id of an entry: the last before it.")
    limit: Annotated[int, whole_number(1, MOST_FOUND)] = Field(1, description="How many entries at most.")


class FindCountQuery(NeedleQuery):
    up_to: Cursor = Field(None, description="The id of an entry: `rank` is how many are not after it.")


class JobFindQuery(FindQuery, ChildrenQuery, LogFilterQuery):
    """What to find in a job's log."""


class JobFindCountQuery(FindCountQuery, ChildrenQuery, LogFilterQuery):
    """What to count in a job's log."""


class ServiceFindQuery(FindQuery, LogFilterQuery, OfAnyJobQuery):
    """What to find in every log."""


class ServiceFindCountQuery(FindCountQuery, LogFilterQuery, OfAnyJobQuery):
    """What to count in every log."""


class JobPlaceQuery(PlaceQuery, LineQuery, ChildrenQuery, LogFilterQuery):
    """A place in a job's log: one of `line`, `id`, `time` and `index`."""


class ServicePlaceQuery(PlaceQuery, LogFilterQuery, OfAnyJobQuery):
    """A place in every log: one of `id`, `time` and `index`."""


class ServiceLogQuery(PagingQuery, LogFilterQuery, OfAnyJobQuery):
    """A page of every log."""


def limit_of(limit: int | None, usual: int | None = None) -> int:
    """How many entries to read: the limit that was asked for, else the usual one of the page or stream."""
    usual = usual or conf.default_limit()
    return min(usual, conf.max_limit()) if limit is None else limit


def filter_of(query: FilterQuery, job_id: UUID | None, *, with_children: bool = False) -> Filter:
    """The filter that was asked for. A step must be one of the job's (of any, without a job).

    A job's log (`job_id`) can be widened to those of its descendants, whose steps may then be named too. Raises
    BadParameter.
    """
    family = job_id if with_children else None
    given = query.conditions
    wrong = Refusals()
    for problems in (
        fields_of_one_job(given, family),
        unknown_job(given.get("job")),
        foreign_step(given.get("step"), job_id, family),
    ):
        for problem in problems:
            wrong.add(problem)
    wrong.end()
    return Filter(**given, family=family)


def fields_of_one_job(given: dict[str, Any], family: UUID | None) -> Iterator[BadParameter]:
    """Lines are numbers within one job, so they do not go with its descendants."""
    if family is not None:
        for member, value in given.items():
            if FIELDS[member].is_of_one_job:
                yield BadParameter(FIELDS[member].name, value, OF_ONE_JOB)


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
