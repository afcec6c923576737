"""How workers learn of due jobs: by tasks.

Tasks may be lost, late or doubled: `lifecycle.claim_job` decides which worker runs a job, and idle workers look for
due jobs for which no task has come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs import signals, statuses
from jobs.lifecycle import due_by
from jobs.models import Job

RUN_JOB = "jobs.running.task.run_job"
OVERDUE = timedelta(seconds=2)  # so long a task may be on its way
MOST_AT_ONCE = 10


# They would run a job at once, in the process that orders it, or never.
NO_QUEUES = ("immediate.ImmediateBackend", "dummy.DummyBackend")


def has_queue() -> bool:
    """Whether tasks can wait for a worker. Without such a backend workers look for due jobs themselves."""
    backends = getattr(settings, "TASKS", {})  # which Django 5.2 does not have
    backend = str(backends.get("default", {}).get("BACKEND", ""))
    return backend != "" and not backend.endswith(NO_QUEUES)


def enqueue(sender: object, job_id: UUID, due_at: datetime, **rest: Any) -> None:
    """Receives `job_due`."""
    if not has_queue():
        return
    run_job = import_string(RUN_JOB)
    is_later = due_at > timezone.now()
    if is_later and not run_job.get_backend().supports_defer:
        return  # idle workers will find it
    (run_job.using(run_after=due_at) if is_later else run_job).enqueue(str(job_id))


def connect() -> None:
    signals.job_due.connect(enqueue, dispatch_uid="quaero.jobs.running.workers.dispatch")


def due_jobs() -> QuerySet[Job]:
    """Those that a worker may claim now."""
    waiting = Job.objects.filter(due_by(timezone.now()), status=statuses.PENDING, cancel_requested_at=None)
    excluding = Job.objects.filter(status=statuses.RUNNING, exclusive=OuterRef("exclusive")).exclude(exclusive="")
    return waiting.exclude(Exists(excluding))


def enqueue_overdue() -> int:
    """Enqueues due jobs that no worker has taken: their tasks are lost. For a worker that finds nothing to do."""
    now = timezone.now()
    overdue = due_jobs().filter(due_at__lt=now - OVERDUE).order_by("due_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    for job_id in overdue:
        enqueue(None, job_id, now)
    return len(overdue)
