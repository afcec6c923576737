"""The worker that this process is, as others see it: a row with a heartbeat, and the job that it runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection, connections
from django.utils import timezone

from jobs import lifecycle
from jobs.background import leftovers
from jobs.models import Job, Worker
from jobs.running.heartbeat import Heartbeat
from jobs.running.processes import orphans, stopping
from jobs.running.processes.machine import machine_id, start_time, worker_name
from jobs.running.processes.stopping import Stopper
from jobs.running.workers.liveness import is_silent
from jobs.running.workers.lookout import Lookout
from jobs.running.workers.outages import DatabaseWatch

logger = logging.getLogger(f"quaero.{__name__}")

LAST_BEAT_S = 1.0  # so long the end of a worker waits for its last heartbeat


def is_alive(worker: Worker) -> bool:
    """Whether it will take further jobs, as far as is known."""
    return not worker.is_stopping and not is_silent(worker)


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
        self._row = row_of_this_process(self.name)
        self._stopper: Stopper | None = None
        self.must_end_job = False

    @contextmanager
    def working(self) -> Iterator[None]:
        """The worker is there, and beats, until the block ends."""
        global _current
        _current = self
        self._register()
        heartbeat = self._heartbeat()
        heartbeat.start()
        try:
            with orphans.adopting():
                yield
        finally:
            heartbeat.stop(LAST_BEAT_S)
            with suppress(Error):  # or others find that its process is gone
                Worker.objects.filter(name=self.name).delete()

    @property
    def is_working(self) -> bool:
        """Whether this process is a worker, and this is it."""
        return self is _current

    @contextmanager
    def running(self, job: Job, stopper: Stopper) -> Iterator[None]:
        """The job is the worker's until the block ends; `stopper` is what `end_job` asks."""
        self._stopper = stopper
        if self.must_end_job:
            self.end_job()
        self._publish(job=job)
        try:
            yield
        finally:
            self._stopper = None
            self._publish(job=None)

    def stop(self) -> None:
        """No further job is taken."""
        self.is_stopping = True

    def publish_stopping(self) -> None:
        """Lets others see that it stops. For a thread of its own, whose connection it closes."""
        self._publish(is_stopping=True)
        connection.close()

    def end_job(self) -> None:
        """Ends the job that runs, at once. May be called from any thread."""
        self.must_end_job = True
        stopper = self._stopper
        if stopper is not None:
            stopper.ask(stopping.worker_stopped())

    def beat(self) -> None:
        """Shows that the worker is there. Anew, where others have taken it for gone: the machine may have slept."""
        if not Worker.objects.filter(name=self.name).update(heartbeat_at=timezone.now()):
            self._register()

    def _heartbeat(self) -> Heartbeat:
        """Beats, and looks for jobs whose runner is gone: there need not be a web process that does."""
        database = DatabaseWatch(f"Worker {self.name}")
        duties = map(database.watched, (self.beat, leftovers.deliver, Lookout().look))
        return Heartbeat("worker-heartbeat", lifecycle.HEARTBEAT_S, *duties, connections.close_all)

    def _register(self) -> None:
        Worker.objects.filter(name=self.name).delete()  # of an earlier process with this pid
        self._row.pk, self._row.heartbeat_at = None, timezone.now()
        self._row.save(force_insert=True)

    def _publish(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self._row, name, value)
        try:
            Worker.objects.filter(name=self.name).update(**values)
        except Error as error:  # for people to see; the job goes on
            logger.warning("cannot show what this worker does: %s", error)
            connection.close()


def row_of_this_process(name: str) -> Worker:
    pid = os.getpid()
    return Worker(
        name=name,
        hostname=os.uname().nodename,
        pid=pid,
        machine=machine_id(),
        process_started_at=start_time(pid) or 0,
    )


_current: WorkerSession | None = None


def current() -> WorkerSession:
    """The session of this process. One without a row, where another kind of worker runs the task."""
    return _current or WorkerSession()
