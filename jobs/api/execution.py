"""Programs: run one and fetch its result, or run one and wait for it."""

from __future__ import annotations

import dataclasses
from contextlib import suppress

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs.access import Caller, caller_of, readable_job
from jobs.api.answers import json_answer
from jobs.api.bodies import read_body
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import JOB_LIST_PARAMETERS, documented
from jobs.api.jobs import DEFAULT_LIMIT, next_cursor, read_job_cursor, read_job_filter
from jobs.api.waiting import waited_for
from jobs.errors import NotFound
from jobs.models import SERVICE_JOB_ID, Job
from jobs.queries.job_list import count_by_status, page_of_jobs
from jobs.queries.parameters import Parameters, read_limit
from jobs.queries.results import HTTP_STATUS, Cancelled, Completed, Failed, Running, result_of
from jobs.queries.rows import JobRow, job_row
from jobs.running.ordering.checks import BadOrder
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.specs import PROGRAM_KIND

DEFAULT_WAIT_S, MAX_WAIT_S = 30.0, 300.0

EXECUTION_PARAMETERS = {name: each for name, each in JOB_LIST_PARAMETERS.items() if name != "kind"}

router = Router()


class ProgramOrder(msgspec.Struct, forbid_unknown_fields=True):
    program: str
    language: str = "python"
    name: str | None = None
    timeout: float | None = None  # seconds
    attributes: dict[str, object] = {}
    parameters: dict[str, object] = {}
    secrets: list[str] = []  # the names of parameters that nobody may see
    parent: str | None = None  # the job that this one is part of


class WaitingOrder(ProgramOrder, forbid_unknown_fields=True):
    wait: float = DEFAULT_WAIT_S  # seconds


class Accepted(msgspec.Struct):
    execution_id: str


class WaitedFor(msgspec.Struct):
    execution_id: str
    result: object


class StillRunning(msgspec.Struct):
    execution_id: str
    error: str
    detail: dict[str, object]
    code: str = "still_running"


class Execution(JobRow):
    execution_id: str


class ExecutionList(msgspec.Struct):
    executions: list[Execution]
    next: str | None  # the cursor of the next page
    counts: dict[str, int]  # by status, whichever statuses were asked for


@router.post(
    "/execute-async", summary="Run a program", openapi_extra=documented(Accepted, body=ProgramOrder, right="run")
)
def execute_async(request: HttpRequest) -> HttpResponse:
    """Answers at once; the id leads to the log and the result, and is that of a job."""
    caller = caller_without_parameters(request)
    caller.require("run")
    return json_answer(Accepted(str(ordered(caller, read_body(request, ProgramOrder)).pk)))


@router.post(
    "/execute",
    summary="Run a program and wait",
    openapi_extra=documented(
        WaitedFor,
        body=WaitingOrder,
        right="run",
        others={
            200: ("It has completed, or was cancelled", (WaitedFor, Cancelled)),
            500: ("It has failed", (Failed,)),
            504: ("It goes on", (StillRunning,)),
        },
    ),
)
def execute(request: HttpRequest) -> HttpResponse:
    """The result, or the refusal of `/api/result/{id}`; 504 with the id when it takes longer than `wait` seconds."""
    caller = caller_without_parameters(request)
    caller.require("run")
    order = read_body(request, WaitingOrder)
    if not 0 < order.wait <= MAX_WAIT_S:
        raise BadOrder("wait", f"is {order.wait:g}: seconds, more than 0 and at most {MAX_WAIT_S:g}")
    job = waited_for(ordered(caller, order).pk, order.wait, caller.grounds, "run")
    if not job.is_finished:
        words = f"it has not ended yet, and goes on: see /api/result/{job.pk}"
        return json_answer(StillRunning(str(job.pk), words, {"wait": order.wait}), 504)
    answer = result_of(job)
    if isinstance(answer, Completed):
        return json_answer(WaitedFor(answer.execution_id, answer.result.value))
    return json_answer(answer, HTTP_STATUS[type(answer)])


@router.get(
    "/result/{execution_id}",
    summary="The result of a run",
    openapi_extra=documented(
        Completed,
        others={
            200: ("It has completed, or was cancelled", (Completed, Cancelled)),
            202: ("It has not ended", (Running,)),
            500: ("It has failed", (Failed,)),
        },
    ),
)
def get_result(request: HttpRequest, execution_id: str) -> HttpResponse:
    """200 when it has completed or was cancelled, 202 while it runs, 500 when it has failed; with its last entries."""
    answer = result_of(readable_job(caller_without_parameters(request), execution_id))
    return json_answer(answer, HTTP_STATUS[type(answer)])


@router.get(
    "/executions", summary="Programs that were run", openapi_extra=documented(ExecutionList, EXECUTION_PARAMETERS)
)
def list_executions(request: HttpRequest) -> HttpResponse:
    """Newest first, with the filters and the cursor of the list of jobs."""
    caller_of(request).require("read")
    parameters = Parameters.of_query(request.GET, tuple(EXECUTION_PARAMETERS))
    wanted = dataclasses.replace(read_job_filter(parameters), kind=PROGRAM_KIND)
    page = page_of_jobs(wanted, read_limit(parameters, DEFAULT_LIMIT), read_job_cursor(parameters))
    rows = [Execution(**msgspec.structs.asdict(job_row(job)), execution_id=str(job.pk)) for job in page.jobs]
    return json_answer(ExecutionList(rows, next_cursor(page), count_by_status(wanted)))


def ordered(caller: Caller, order: ProgramOrder) -> Job:
    return order_program(
        order.program,
        language=order.language,
        name=order.name,
        timeout=order.timeout,
        attributes=order.attributes,
        parameters=order.parameters,
        secrets=order.secrets,
        origin=Origin(created_by=caller.user, parent=parent_of(caller, order.parent)),
    )


def parent_of(caller: Caller, job_id: str | None) -> Job | None:
    """The job that a new one is to be part of. Raises Forbidden for who may not look, and BadOrder."""
    if job_id is None:
        return None
    with suppress(NotFound):
        parent = readable_job(caller, job_id)
        if parent.pk != SERVICE_JOB_ID:
            return parent
    raise BadOrder("parent", f"is {job_id[:100]!r}: it must be the id of a job")
