"""How a worker takes tasks from the configured backend: one interface, one small class for each backend."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from jobs.running.workers.dispatch import has_queue
from quaero.worker.queues.base import TaskQueue
from quaero.worker.queues.due_jobs import DueJobsQueue

# As texts: a backend's module can be imported only where its app is installed.
QUEUES = {"django_tasks_db.DatabaseBackend": "quaero.worker.queues.database.DatabaseQueue"}


def queue_of_settings(worker_name: str) -> TaskQueue:
    """The queue of the configured backend. Raises ImproperlyConfigured for a backend without one."""
    if not has_queue():
        return DueJobsQueue()
    backend = settings.TASKS["default"]["BACKEND"]
    if backend not in QUEUES:
        raise ImproperlyConfigured(f"no worker for the task backend {backend}: it can be one of {', '.join(QUEUES)}")
    queue: TaskQueue = import_string(QUEUES[backend])(worker_name)
    return queue


__all__ = ["TaskQueue", "queue_of_settings"]
