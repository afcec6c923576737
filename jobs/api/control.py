"""What operators do to jobs: cancel, run again; and the workers that there are."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs import operations, statuses
from jobs.access import operable_job
from jobs.api.answers import json_answer
from jobs.api.bodies import read_optional_body
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import documented
from jobs.api.refusals import without_names
from jobs.models import Job, Worker
from jobs.models.record import wire_time
from jobs.queries.job_list import NOT_IN_A_LIST
from jobs.queries.rows import JobRow, job_row
from jobs.running.ordering.reruns import rerun
from jobs.running.workers.session import is_alive, status_of

router = Router()


class Asked(msgspec.Struct):
    job: JobRow | None  # null for a token that may not read
    cancelled: list[str]  # the ids of the jobs that this request has asked to end: of it, and of those it has spawned


class Rerun(msgspec.Struct, forbid_unknown_fields=True):
    parameters: dict[str, object] = {}  # the values of secret parameters, which are not kept


class NewJob(msgspec.Struct):
    id: str  # all that a token learns that may not read


class WorkerRow(msgspec.Struct):
    name: str
    hostname: str
    pid: int
    started_at: str
    heartbeat_at: str
    status: str  # idle, busy, stopping, or lost: silent for longer than its lease
    job: JobRow | None


class WorkerList(msgspec.Struct):
    workers: list[WorkerRow]
    alive: int  # those that take further jobs
    waiting: int  # jobs that wait for one


@router.post("/jobs/{job_id}/cancel", summary="Cancel a job", openapi_extra=documented(Asked, right="write"))
def cancel_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """Asks the job and all that it has spawned to end. What nobody has begun ends at once, what runs when it heeds."""
    caller = caller_without_parameters(request)
    job = operable_job(caller, job_id)
    with without_names(caller):
        asked = operations.cancel(job, caller.user.get_username())
    row = None
    if caller.may("read"):
        row = job_row(Job.objects.select_related("created_by").get(pk=job.pk))
    return json_answer(Asked(row, [str(key) for key in asked]))


@router.post(
    "/jobs/{job_id}/rerun",
    summary="Run a job again",
    openapi_extra=documented(
        JobRow, body=Rerun, right="write", needs_body=False, others={200: ("The new job", (JobRow, NewJob))}
    ),
)
def rerun_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """A new job that does the same. 409 for one that was not run here, or whose secret parameters are not given."""
    caller = caller_without_parameters(request)
    job = operable_job(caller, job_id)
    order = read_optional_body(request, Rerun)
    again = rerun(job, caller.user.get_username(), created_by=caller.user, secrets=order.parameters)
    return json_answer(job_row(again) if caller.may("read") else NewJob(str(again.pk)))


@router.get("/workers", summary="The workers", openapi_extra=documented(WorkerList))
def list_workers(request: HttpRequest) -> HttpResponse:
    """Each with its heartbeat and the job that it runs."""
    caller_without_parameters(request).require("read")
    jobs = [f"job__{column}" for column in NOT_IN_A_LIST]
    workers = list(Worker.objects.select_related("job", "job__created_by").defer(*jobs))
    rows = [worker_row(worker) for worker in workers]
    waiting = Job.objects.filter(status=statuses.PENDING, due_at__isnull=False).count()
    return json_answer(WorkerList(rows, sum(is_alive(worker) for worker in workers), waiting))


def worker_row(worker: Worker) -> WorkerRow:
    return WorkerRow(
        worker.name,
        worker.hostname,
        worker.pid,
        wire_time(worker.started_at),
        wire_time(worker.heartbeat_at),
        status_of(worker),
        None if worker.job is None else job_row(worker.job),
    )
