"""The worker that this process is, as others see it: a row with a heartbeat, and the job that it runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from jobs import lifecycle
from jobs.models import Job, Worker
from jobs.running import stopping
from jobs.running.machine import machine_id, start_time, worker_name
from jobs.running.reaper import fail_lost_jobs
from jobs.running.stopping import Stopper

logger = logging.getLogger(__name__)

Duty = Callable[[], object]


def is_alive(worker: Worker) -> bool:
    """Whether it will take further jobs, as far as its last heartbeat tells."""
    return not worker.is_stopping and not is_silent(worker)


def is_silent(worker: Worker) -> bool:
    return worker.heartbeat_at < timezone.now() - lifecycle.LEASE


def status_of(worker: Worker) -> str:
    """`lost` when it has been silent for longer than its lease, `stopping` when it takes no further job, else `busy`
    or `idle`.
    """
    if is_silent(worker):
        return "lost"
    if worker.is_stopping:
        return "stopping"
    return "idle" if worker.job_id is None else "busy"


def workers_alive() -> int:
    """How many workers there are that can take a job."""
    return sum(map(is_alive, Worker.objects.all()))


class WorkerSession:
    """From the start of a worker to its end. One a process; `current()` is it."""

    def __init__(self) -> None:
        self.name = worker_name()
        self.is_stopping = False
        self._stopper: Stopper | None = None
        self._must_end_job = False

    @contextmanager
    def working(self) -> Iterator[None]:
        """The worker is there, and beats, until the block ends."""
        global _current
        _current = self
        self._register()
        heart = Heart(self.name)
        heart.start()
        try:
            yield
        finally:
            heart.stop()
            with suppress(DatabaseError, InterfaceError):  # or others find that its process is gone
                Worker.objects.filter(name=self.name).delete()

    @contextmanager
    def running(self, job: Job, stopper: Stopper) -> Iterator[None]:
        """The job is the worker's until the block ends; `stopper` is what `end_job` asks."""
        self._stopper = stopper
        if self._must_end_job:
            self.end_job()
        self._tell(job=job)
        try:
            yield
        finally:
            self._stopper = None
            self._tell(job=None)

    def stop(self) -> None:
        """No further job is taken. May be called from a signal handler."""
        self.is_stopping = True

    def tell_stopping(self) -> None:
        self._tell(is_stopping=True)

    def end_job(self) -> None:
        """Ends the job that runs, at once. May be called from a signal handler."""
        self._must_end_job = True
        if self._stopper is not None:
            self._stopper.ask(stopping.worker_stopped())

    def _register(self) -> None:
        pid = os.getpid()
        Worker.objects.filter(name=self.name).delete()  # of an earlier process with this pid
        Worker.objects.create(
            name=self.name,
            hostname=os.uname().nodename,
            pid=pid,
            machine=machine_id(),
            process_started_at=start_time(pid) or 0,
        )

    def _tell(self, **values: object) -> None:
        try:
            Worker.objects.filter(name=self.name).update(**values)
        except (DatabaseError, InterfaceError) as error:  # for people to see; the job goes on
            logger.warning("cannot tell what this worker does: %s", error)
            connection.close()


class Heart(threading.Thread):
    """Beats for the worker every 5 s, and looks for jobs whose runner is gone: no web process need be there."""

    def __init__(self, name: str) -> None:
        super().__init__(name="worker-heart", daemon=True)
        self._worker = name
        self._stopped = threading.Event()

    def run(self) -> None:
        while True:
            for duty in (self._beat, fail_lost_jobs):
                self._try(duty)
            connections.close_all()
            if self._stopped.wait(lifecycle.HEARTBEAT.total_seconds()):
                return

    def stop(self) -> None:
        self._stopped.set()
        self.join(timedelta(seconds=1).total_seconds())

    def _beat(self) -> None:
        Worker.objects.filter(name=self._worker).update(heartbeat_at=timezone.now())

    def _try(self, duty: Duty) -> None:
        try:
            duty()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("a worker's duty has failed, and will be tried again: %s", error)
            connection.close()


_current: WorkerSession | None = None


def current() -> WorkerSession:
    """The session of this process. One of its own, which nobody sees, where another kind of worker runs the task."""
    return _current or WorkerSession()
