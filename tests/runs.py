"""Runs in tests: ordered as by the doors, and executed here and now as a worker would."""

from __future__ import annotations

from typing import Any

from jobs.models import Job, LogEntry
from jobs.running.executing import execute
from jobs.running.orders import order_program, order_runnable


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
