"""Due jobs, read from the database without any task: for a project that has no backend for tasks."""

from __future__ import annotations

from django.db.models import QuerySet

from jobs.models import Job
from jobs.running.workers.dispatch import due_jobs
from jobs.running.workers.execute import execute
from quaero.worker.queues.base import TaskQueue


class DueJobsQueue(TaskQueue):
    def has_ready(self) -> bool:
        return self._due().exists()

    def run_one(self) -> None:
        job = self._due().only("pk").first()
        if job is not None:
            execute(job.pk)  # which claims it, or leaves it to the worker that has

    def tidy(self) -> None:
        """There are no tasks."""

    def _due(self) -> QuerySet[Job]:
        return due_jobs().order_by("due_at")
