"""Programs: run one and fetch its result, or run one and wait for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import FailFast, Field

from jobs.access import Caller, readable_job
from jobs.api.bodies import Body
from jobs.api.jobs import DEFAULT_LIMIT, RunListQuery, job_filter_of, next_cursor
from jobs.api.routing import Router
from jobs.api.waiting import waited_for
from jobs.errors import NotFound, Refusals
from jobs.models import SERVICE_JOB_ID, Job
from jobs.queries.job_list import count_by_status, page_of_jobs
from jobs.queries.parameters import limit_of
from jobs.queries.results import Cancelled, Completed, Failed, Running, result_of
from jobs.queries.rows import JobRow, job_row
from jobs.running.ordering.checks import BadOrder
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.specs import PROGRAM_KIND

DEFAULT_WAIT_S, MAX_WAIT_S = 30.0, 300.0

router = Router("runs")


class ProgramOrder(Body):
    program: str
    language: str = "python"
    name: str | None = None
    timeout: float | None = Field(None, description="Seconds.")
    attributes: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    secrets: Annotated[list[str], FailFast()] = Field(
        [], description="The names of secret parameters: no user may see their values."
    )
    parent: str | None = Field(None, description="The job that this one is part of.")


class WaitingOrder(ProgramOrder):
    wait: float = Field(DEFAULT_WAIT_S, description="Seconds.")


class Accepted(msgspec.Struct):
    execution_id: str


class WaitedFor(msgspec.Struct):
    execution_id: str
    result: object

    meaning: ClassVar[str] = "it has completed"


class StillRunning(msgspec.Struct):
    execution_id: str
    error: str
    detail: dict[str, object]
    code: str = "still_running"

    http_status: ClassVar[int] = 504
    meaning: ClassVar[str] = "it goes on"


class Execution(JobRow):
    execution_id: str


class ExecutionList(msgspec.Struct):
    executions: list[Execution]
    next: str | None  # the cursor of the next page
    counts: dict[str, int]  # by status, whichever statuses were asked for


@router.post("/execute-async", "Run a program", right="run")
def execute_async(caller: Caller, body: ProgramOrder) -> Accepted:
    """Answers at once; the id leads to the log and the result, and is that of a job."""
    return Accepted(str(ordered(caller, body, Refusals()).pk))


@router.post("/execute", "Run a program and wait", right="run")
def execute(caller: Caller, body: WaitingOrder) -> WaitedFor | Cancelled | Failed | StillRunning:
    """The result, or the refusal of `/api/result/{id}`; 504 with the id when it takes longer than `wait` seconds."""
    wrong = Refusals()
    if not 0 < body.wait <= MAX_WAIT_S:
        wrong.add(BadOrder("wait", f"is {body.wait:g}: seconds, more than 0 and at most {MAX_WAIT_S:g}"))
    job = waited_for(ordered(caller, body, wrong).pk, body.wait, caller.grounds, "run")
    if not job.is_finished:
        words = f"it has not ended yet, and goes on: see /api/result/{job.pk}"
        return StillRunning(str(job.pk), words, {"wait": body.wait})
    answer = result_of(job)
    assert not isinstance(answer, Running)  # of a job that has ended
    return WaitedFor(answer.execution_id, answer.result.value) if isinstance(answer, Completed) else answer


@router.get("/result/{execution_id}", "The result of a run")
def get_result(job: Job) -> Completed | Cancelled | Running | Failed:
    """200 when it has completed or was cancelled, 202 while it runs, 500 when it has failed; with its last entries."""
    return result_of(job)


@router.get("/executions", "Programs that were run")
def list_executions(query: RunListQuery) -> ExecutionList:
    """Newest first, with the filters and the cursor of the list of jobs."""
    wanted = job_filter_of(query, PROGRAM_KIND)
    page = page_of_jobs(wanted, limit_of(query.limit, DEFAULT_LIMIT), query.cursor)
    rows = [Execution(**msgspec.structs.asdict(job_row(job)), execution_id=str(job.pk)) for job in page.jobs]
    return ExecutionList(rows, next_cursor(page), count_by_status(wanted))


def ordered(caller: Caller, order: ProgramOrder, wrong: Refusals) -> Job:
    parent = None
    with wrong:
        parent = parent_of(caller, order.parent)
    return order_program(
        order.program,
        language=order.language,
        name=order.name,
        timeout=order.timeout,
        attributes=order.attributes,
        parameters=order.parameters,
        secrets=order.secrets,
        origin=Origin(created_by=caller.user, parent=parent),
        wrong=wrong,
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
