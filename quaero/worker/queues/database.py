"""Tasks from the database, by the worker of django-tasks-db."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from quaero.worker.queues.base import TaskQueue

BACKEND, QUEUE = "default", "default"
ENDED_ARE_KEPT = timedelta(hours=1)
LONGEST_RUN = timedelta(days=8)  # a day more than any job may take: the worker of an older task is dead
MOST_CHARACTERS = 64  # of a worker's name, for the backend


class DatabaseQueue(TaskQueue):
    def __init__(self, worker_name: str) -> None:
        # Without its command, which has its own signal handlers and sleeps between looks.
        self._worker = Worker(
            queue_names=[QUEUE],
            interval=0,
            batch=True,
            backend_name=BACKEND,
            startup_delay=False,
            max_tasks=1,
            worker_id=worker_name[-MOST_CHARACTERS:],
            excluded_queue_names=[],
        )

    def has_ready(self) -> bool:
        return DBTaskResult.objects.ready().filter(backend_name=BACKEND, queue_name=QUEUE).exists()

    def run_one(self) -> None:
        self._worker.run()

    def tidy(self) -> None:
        now = timezone.now()
        DBTaskResult.objects.finished().filter(finished_at__lt=now - ENDED_ARE_KEPT).delete()
        DBTaskResult.objects.running().filter(started_at__lt=now - LONGEST_RUN).delete()
