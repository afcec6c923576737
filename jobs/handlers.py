"""`QuaeroHandler`: records of Python's `logging` become entries of jobs.

    LOGGING = {
        "version": 1,
        "handlers": {"quaero": {"class": "jobs.handlers.QuaeroHandler"}},
        "root": {"handlers": ["quaero"], "level": "INFO"},
    }

LOGGING may name it: nothing here needs the models, and records from before they are loaded wait in the queue.
"""

from __future__ import annotations

import logging
import os
from threading import get_ident
from typing import Protocol
from uuid import UUID

from jobs.background.flush import settle
from jobs.background.items import Entry
from jobs.background.queue import own_threads, queue
from jobs.terms.streams import STDOUT
from jobs.tracking.handles import storable_name
from jobs.tracking.job import TrackedJob, parent_job
from jobs.tracking.places import Place, current
from jobs.tracking.records import OWN_COUNT, level_of, with_details

KIND = "log"  # of a job that a handler starts for itself


class QuaeroHandler(logging.Handler):
    """Stores each record in the tracked job and step of the code that logs it, and otherwise in `job`.

    `job`: a job or its id; or a name, for a job of that name in each process, from its first such record until the
    process ends; or None, and records outside of a tracked job are ignored.

    A record becomes one entry: the logger's name is its source, `extra=` its fields; a traceback is appended to the
    message and added to the fields. Logging never waits for the database. When 100,000 records wait for it, further
    ones are dropped, and an entry in their place has their number.
    """

    def __init__(self, level: int | str = logging.NOTSET, *, job: UUID | str | HasId | None = None) -> None:
        super().__init__(level)
        self._own = OwnJob(storable_name(job)) if isinstance(job, str) and not is_uuid(job) else None
        self._bound = None if job is None or self._own else Place(id_of(job), None)

    def createLock(self) -> None:
        """Sets no lock. The queue is safe without one, and a fork cannot copy a lock while it is held."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        # As in `logging`, without the lock. From Python 3.12 on a filter may return another record.
        kept = self.filter(record)
        if kept:
            self.emit(kept if isinstance(kept, logging.LogRecord) else record)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        if get_ident() in own_threads:
            return  # The writer's own problems: records of them would cause new ones.
        try:
            place = current.get() or self._bound or (self._own.place() if self._own else None)
            if place is None:
                return
            message = record.getMessage() if self.formatter is None else self.formatter.format(record)
            fields = None
            if record.exc_info or record.stack_info or len(record.__dict__) > OWN_COUNT:
                message, fields = with_details(message, record, is_formatted=self.formatter is not None)
            level = level_of(record.levelno)
            queue.put(Entry(place[0], place[1], level, record.created, STDOUT, record.name, message, fields))
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Waits, at most 5 s, until all records are stored; not in an event loop or a transaction."""
        settle()

    def close(self) -> None:
        """Ends the job that the handler started, if any. `logging` calls this when the program ends."""
        if self._own is not None:
            self._own.end()
        super().close()


class OwnJob:
    """The job that a handler starts for the records of one process; it ends with the process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._job: TrackedJob | None = None
        self._pid = 0

    def place(self) -> Place:
        """The place of the handler's job, which starts with the first record of this process."""
        job = self._job
        if job is None or self._pid != os.getpid():
            job = self._begin()
        return Place(job.id, None)

    def _begin(self) -> TrackedJob:
        with queue.lock:  # a fork makes a new one
            if self._job is None or self._pid != os.getpid():
                self._pid, self._job = os.getpid(), None
                job = TrackedJob(self._name)
                job.start(KIND, {}, parent_job())
                self._job = job
            return self._job

    def end(self) -> None:
        job, self._job = self._job, None
        if job is not None and self._pid == os.getpid():
            job.end()
            settle()


class HasId(Protocol):
    id: UUID


def id_of(job: UUID | str | HasId) -> UUID:
    if isinstance(job, UUID):
        return job
    return UUID(job) if isinstance(job, str) else job.id


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
