"""Jobs and steps: the list, one job, its steps."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs import statuses
from jobs.access import caller_of, operable_job, readable_job, step_of
from jobs.api.answers import json_answer
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import JOB_LIST_PARAMETERS, JOB_PARAMETERS, STEP_LIST_PARAMETERS, documented
from jobs.api.refusals import without_names
from jobs.operations import delete
from jobs.queries.job_list import JobCursor, JobFilter, JobPage, count_by_status, page_of_jobs
from jobs.queries.job_tree import tree_of
from jobs.queries.parameters import MAX_ID, Parameters, read_job, read_limit, read_moment, search_text
from jobs.queries.rows import JobDetail, JobRow, StepRow, TreeRow, job_detail, job_row, step_row

DEFAULT_LIMIT = 50
MOST_STEPS = 10_000  # of a page

router = Router()


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


@router.get("/jobs", summary="List jobs", openapi_extra=documented(JobList, JOB_LIST_PARAMETERS))
def list_jobs(request: HttpRequest) -> HttpResponse:
    """Newest first. `counts` tells how many there are of each status, with the other filters."""
    caller_of(request).require("read")
    parameters = Parameters.of_query(request.GET, tuple(JOB_LIST_PARAMETERS))
    wanted = read_job_filter(parameters)
    page = page_of_jobs(wanted, read_limit(parameters, DEFAULT_LIMIT), read_job_cursor(parameters))
    return json_answer(JobList([job_row(job) for job in page.jobs], next_cursor(page), count_by_status(wanted)))


@router.get("/jobs/{job_id}", summary="One job", openapi_extra=documented(JobDetail, JOB_PARAMETERS))
def get_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """With its steps. Who knows them asks with `steps_since`, and of many is told those that changed."""
    job = readable_job(caller_of(request), job_id)
    parameters = Parameters.of_query(request.GET, tuple(JOB_PARAMETERS))
    return json_answer(job_detail(job, job.steps.all(), parameters.number("steps_since", 0, MAX_ID)))


@router.delete("/jobs/{job_id}", summary="Delete a job", openapi_extra=documented(Deleted, right="write"))
def delete_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """With all that it has logged and all that it has spawned; 409 while one of them runs."""
    caller = caller_without_parameters(request)
    job = operable_job(caller, job_id)
    with without_names(caller):
        return json_answer(Deleted(delete(job, caller.user.get_username())))


@router.get("/jobs/{job_id}/tree", summary="A job with its descendants", openapi_extra=documented(JobTree))
def get_tree(request: HttpRequest, job_id: str) -> HttpResponse:
    """The job, the jobs that it spawned, those that they spawned; siblings in the order in which they were made."""
    job = readable_job(caller_without_parameters(request), job_id)
    tree = tree_of(job.pk)
    return json_answer(JobTree(tree.root, tree.is_truncated))


@router.get("/jobs/{job_id}/steps", summary="A job's steps", openapi_extra=documented(StepList, STEP_LIST_PARAMETERS))
def list_steps(request: HttpRequest, job_id: str) -> HttpResponse:
    """In their order; all of them, or with `limit` a page."""
    job = readable_job(caller_of(request), job_id)
    parameters = Parameters.of_query(request.GET, tuple(STEP_LIST_PARAMETERS))
    limit, after = parameters.number("limit", 1, MOST_STEPS), parameters.number("cursor", 0, MAX_ID)
    steps = job.steps.all() if after is None else job.steps.filter(position__gt=after)
    if limit is None:
        return json_answer(StepList([step_row(step) for step in steps]))
    found = [step_row(step) for step in steps[: limit + 1]]
    return json_answer(StepList(found[:limit], str(found[limit - 1].position) if len(found) > limit else None))


@router.get("/jobs/{job_id}/steps/{step_id}", summary="One step", openapi_extra=documented(StepRow))
def get_step(request: HttpRequest, job_id: str, step_id: str) -> HttpResponse:
    job = readable_job(caller_without_parameters(request), job_id)
    return json_answer(step_row(step_of(job, step_id)))


def read_job_cursor(parameters: Parameters) -> JobCursor | None:
    return parameters.read("cursor", JobCursor.parse, "the member 'next' of a page before")


def next_cursor(page: JobPage) -> str | None:
    return None if page.next is None else str(page.next)


def read_job_filter(parameters: Parameters) -> JobFilter:
    """Raises BadParameter."""
    return JobFilter(
        statuses=parameters.read("status", status_names, f"some of {', '.join(statuses.JOB_STATUSES)}") or frozenset(),
        kind=parameters.given.get("kind"),
        name=parameters.read("name", search_text, "at most 1000 characters"),
        parent=read_job(parameters, "parent"),
        q=parameters.read("q", search_text, "at most 1000 characters"),
        created_from=read_moment(parameters, "created_from"),
        created_to=read_moment(parameters, "created_to"),
    )


def status_names(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(","))
    if not names <= frozenset(statuses.JOB_STATUSES):
        raise ValueError(text)
    return names
