"""Runs in tests: ordered as by the doors, and executed here and now as a worker would."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jobs.models import Job, LogEntry
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.registered import order_runnable
from jobs.running.workers import liveness
from jobs.running.workers.execute import execute
from jobs.running.workers.reaper import fail_jobs_of_gone_workers, fail_silent_jobs, heartbeats
from jobs.running.workers.silences import awake_or_asleep


def ran(job: Job) -> Job:
    """The job after a worker has had it once, which may be before its end."""
    execute(job.pk)
    return Job.objects.get(pk=job.pk)


def run_python(program: str, **members: Any) -> Job:
    return ran(order_program(program, **members))


def run_shell(program: str, **members: Any) -> Job:
    return ran(order_program(program, language="shell", **members))


def run_registered(name: str, **parameters: object) -> Job:
    return ran(order_runnable(name, parameters))


def said(job: Job, *streams: str) -> list[str]:
    entries = LogEntry.objects.filter(job=job, stream__in=streams or ["stdout", "stderr"])
    return list(entries.order_by("line").values_list("message", flat=True))


def said_by_system(job: Job) -> list[str]:
    return said(job, "system")


def hear_no_more_of_workers() -> None:
    """Those that are there now have been silent for longer than their lease."""
    liveness.note(awake_or_asleep() - 30)


def fail_lost_jobs() -> list[UUID]:
    """Looks as a process that has watched for long and has seen no heartbeat meanwhile."""
    return fail_silent_jobs(heartbeats()) + fail_jobs_of_gone_workers()
