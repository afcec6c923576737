"""The workers that there are."""

from __future__ import annotations

import msgspec

from jobs import statuses
from jobs.api.routing import Router
from jobs.models import Job, Worker
from jobs.models.record import wire_time
from jobs.queries.job_list import NOT_IN_A_LIST
from jobs.queries.rows import JobRow, job_row
from jobs.running.workers.session import is_alive, status_of

router = Router("jobs")


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


@router.get("/workers", "The workers")
def list_workers() -> WorkerList:
    """Each with its heartbeat and the job that it runs."""
    jobs = [f"job__{column}" for column in NOT_IN_A_LIST]
    workers = list(Worker.objects.select_related("job", "job__created_by").defer(*jobs))
    rows = [worker_row(worker) for worker in workers]
    waiting = Job.objects.filter(status=statuses.PENDING, due_at__isnull=False).count()
    return WorkerList(rows, sum(is_alive(worker) for worker in workers), waiting)


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
