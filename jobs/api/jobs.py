"""Jobs and steps: the list, one job, its steps, and what operators do to jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field

from jobs import operations, statuses
from jobs.access import Caller, step_of
from jobs.api.bodies import Body
from jobs.api.routing import Router
from jobs.errors import Refusal
from jobs.models import Job
from jobs.queries.job_list import JobCursor, JobFilter, JobPage, count_by_status, page_of_jobs
from jobs.queries.job_tree import tree_of
from jobs.queries.parameters import Cursor, JobId, Limit, Moment, SearchText, limit_of, unknown_job
from jobs.queries.rows import JobDetail, JobRow, StepRow, TreeRow, job_detail, job_row, step_row
from jobs.running.ordering.reruns import rerun
from jobs.validation.query import Query, Text, whole_number

DEFAULT_LIMIT = 50
MOST_STEPS = 10_000  # of a page

router = Router("jobs")


def status_names(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(","))
    if not names <= frozenset(statuses.JOB_STATUSES):
        raise ValueError(text)
    return names


STATUSES = Text(status_names, f"some of {', '.join(statuses.JOB_STATUSES)}", {"type": "string"})
A_TEXT = Text(str, "a text", {"type": "string"})
A_JOB_CURSOR = Text(JobCursor.parse, "the member 'next' of a page before", {"type": "string"})


class StatusQuery(Query):
    status: Annotated[frozenset[str], STATUSES] = Field(
        frozenset(), description=f"One or several of {', '.join(statuses.JOB_STATUSES)}, separated by commas."
    )


class KindQuery(Query):
    kind: Annotated[str | None, A_TEXT] = Field(None, description="Jobs of this kind.")


class PageQuery(Query):
    name: SearchText = Field(None, description="Jobs of exactly this name.")
    parent: JobId = Field(None, description="Jobs that this job spawned.")
    q: SearchText = Field(None, description="A substring of the name, case-insensitive for ASCII.")
    created_from: Moment = Field(None, description="Not created before this time.")
    created_to: Moment = Field(None, description="Not created after this time.")
    limit: Limit = Field(None, description="How many at most.")
    cursor: Annotated[JobCursor | None, A_JOB_CURSOR] = Field(None, description="The member `next` of the page before.")


class RunListQuery(PageQuery, StatusQuery):
    """Of runs, which are jobs of one kind."""


class JobListQuery(PageQuery, KindQuery, StatusQuery):
    """Of jobs."""


class JobQuery(Query):
    steps_since: Cursor = Field(
        None, description="A `revision` of the job: of more than 50 steps only those that changed at it or later."
    )


class StepListQuery(Query):
    limit: Annotated[int | None, whole_number(1, MOST_STEPS)] = Field(None, description="How many at most.")
    cursor: Cursor = Field(None, description="The member `next` of the page before.")


class Rerun(Body):
    parameters: dict[str, Any] = Field({}, description="The values of secret parameters, which are not kept.")


NO_SECRETS = Rerun()


class JobList(msgspec.Struct):
    jobs: list[JobRow]
    next: str | None  # the cursor of the next page
    counts: dict[str, int]  # by status, whichever statuses were asked for


class Deleted(msgspec.Struct):
    deleted: int  # how many jobs


class JobTree(msgspec.Struct):
    job: TreeRow
    truncated: bool  # there are more than 1,000 jobs, or than 100 levels of them


class StepList(msgspec.Struct):
    steps: list[StepRow]
    next: str | msgspec.UnsetType | None = msgspec.UNSET  # of a page: the cursor of the next one


class Asked(msgspec.Struct):
    job: JobRow | None  # null for a token that may not read
    cancelled: list[str]  # the ids of the jobs that this request has asked to end: of it, and of those it has spawned


class NewJob(msgspec.Struct):
    id: str  # all that a token learns that may not read

    meaning: ClassVar[str] = "the new job"


@router.get("/jobs", "List jobs")
def list_jobs(query: JobListQuery) -> JobList:
    """Newest first. `counts` has how many there are of each status, with the other filters."""
    wanted = job_filter_of(query, query.kind)
    page = page_of_jobs(wanted, limit_of(query.limit, DEFAULT_LIMIT), query.cursor)
    return JobList([job_row(job) for job in page.jobs], next_cursor(page), count_by_status(wanted))


@router.get("/jobs/{job_id}", "One job")
def get_job(job: Job, query: JobQuery) -> JobDetail:
    """With its steps. A client that knows them asks with `steps_since`, and of many gets those that changed."""
    return job_detail(job, job.steps.all(), query.steps_since)


@router.delete("/jobs/{job_id}", "Delete a job", right="write")
def delete_job(caller: Caller, job: Job) -> Deleted:
    """With all that it has logged and all that it has spawned; 409 while one of them runs."""
    with without_names(caller):
        return Deleted(operations.delete(job, caller.user.get_username()))


@router.get("/jobs/{job_id}/tree", "A job with its descendants")
def get_tree(job: Job) -> JobTree:
    """The job, the jobs that it spawned, those that they spawned; siblings in the order in which they were made."""
    tree = tree_of(job.pk)
    return JobTree(tree.root, tree.is_truncated)


@router.get("/jobs/{job_id}/steps", "A job's steps")
def list_steps(job: Job, query: StepListQuery) -> StepList:
    """In their order; all of them, or with `limit` a page."""
    steps = job.steps.all() if query.cursor is None else job.steps.filter(position__gt=query.cursor)
    if query.limit is None:
        return StepList([step_row(step) for step in steps])
    found = [step_row(step) for step in steps[: query.limit + 1]]
    return StepList(found[: query.limit], str(found[query.limit - 1].position) if len(found) > query.limit else None)


@router.get("/jobs/{job_id}/steps/{step_id}", "One step")
def get_step(job: Job, step_id: str) -> StepRow:
    """`error` says why it has failed."""
    return step_row(step_of(job, step_id))


@router.post("/jobs/{job_id}/cancel", "Cancel a job", right="write")
def cancel_job(caller: Caller, job: Job) -> Asked:
    """Asks the job and all that it spawned to end. What no worker has begun ends at once, what runs when it heeds."""
    with without_names(caller):
        asked = operations.cancel(job, caller.user.get_username())
    row = None
    if caller.may("read"):
        row = job_row(Job.objects.select_related("created_by").get(pk=job.pk))
    return Asked(row, [str(key) for key in asked])


@router.post("/jobs/{job_id}/rerun", "Run a job again", right="write")
def rerun_job(caller: Caller, job: Job, body: Rerun = NO_SECRETS) -> JobRow | NewJob:
    """A new job that does the same. 409 for one that was not run here, or whose secret parameters are not given."""
    again = rerun(job, caller.user.get_username(), created_by=caller.user, secrets=body.parameters)
    return job_row(again) if caller.may("read") else NewJob(str(again.pk))


def job_filter_of(query: RunListQuery | JobListQuery, kind: str | None) -> JobFilter:
    """Raises BadParameter."""
    for wrong in unknown_job(query.parent, "parent"):
        raise wrong
    return JobFilter(
        statuses=query.status,
        kind=kind,
        name=query.name,
        parent=query.parent,
        q=query.q,
        created_from=query.created_from,
        created_to=query.created_to,
    )


def next_cursor(page: JobPage) -> str | None:
    return None if page.next is None else str(page.next)


@contextmanager
def without_names(caller: Caller) -> Iterator[None]:
    """Within, a refusal names no job to a token that may change jobs and not read them."""
    try:
        yield
    except Refusal as error:
        if caller.may("read") or not error.nameless:
            raise
        raise type(error)(error.nameless) from error
