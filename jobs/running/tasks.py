"""The task by which workers hear of a due job. It carries the job's id alone: the job's row is the truth.

Tasks may be lost, late or doubled: who runs a job is decided by `lifecycle.claim_job`, and idle workers look for
due jobs of which no task has told them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django
from django.db.models import Exists, OuterRef
from django.utils import timezone

from jobs import signals, statuses
from jobs.models import Job
from jobs.running.executing import execute

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task  # type: ignore[no-redef, unused-ignore]

OVERDUE = timedelta(seconds=2)  # so long a task may be on its way
MOST_AT_ONCE = 10


@task
def run_job(job_id: str) -> None:
    execute(UUID(job_id))


def enqueue(sender: object, job_id: UUID, due_at: datetime, **rest: Any) -> None:
    """Receives `job_due`."""
    is_later = due_at > timezone.now()
    if is_later and not run_job.get_backend().supports_defer:
        return  # idle workers will find it
    (run_job.using(run_after=due_at) if is_later else run_job).enqueue(str(job_id))


def connect() -> None:
    signals.job_due.connect(enqueue, dispatch_uid="jobs.running.tasks")


def enqueue_overdue() -> int:
    """Enqueues due jobs that no worker has taken: their tasks are lost. For a worker that finds nothing to do."""
    now = timezone.now()
    waiting = Job.objects.filter(status=statuses.PENDING, due_at__lt=now - OVERDUE, cancel_requested_at=None)
    excluding = Job.objects.filter(status=statuses.RUNNING, exclusive=OuterRef("exclusive")).exclude(exclusive="")
    overdue = waiting.exclude(Exists(excluding)).order_by("due_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    for job_id in overdue:
        enqueue(None, job_id, now)
    return len(overdue)
