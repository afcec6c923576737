"""The task by which workers hear of a due job. It carries the job's id alone: the job's row is the truth.

In a module of its own, which `workers/dispatch.py` imports when there is something to enqueue: a project whose TASKS
has no backend or queue for this task, and that uses Quaero for its own jobs' logs alone, must start all the same.
"""

from __future__ import annotations

from uuid import UUID

import django

from jobs.running.workers.execute import execute

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task  # type: ignore[no-redef, unused-ignore]


@task
def run_job(job_id: str) -> None:
    execute(UUID(job_id))
