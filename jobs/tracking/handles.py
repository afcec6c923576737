"""The objects that the code inside a block gets: its job or step. Every thread and task may use them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID, uuid4

from jobs import levels, statuses
from jobs.background.items import Entry
from jobs.background.queue import queue
from jobs.storable import MAX_NAME_CHARACTERS, storable_object, storable_text
from jobs.terms.outcome import Outcome
from jobs.terms.streams import STDERR, STDOUT, SYSTEM
from jobs.tracking.outcomes import exception_fields, traceback_of
from jobs.tracking.places import Place, current

LOGGED_IN = "_quaero_logged_in"  # attribute of an exception: the jobs whose logs have its traceback


def storable_name(name: str) -> str:
    """`name` as a job's or step's name is stored, MAX_NAME characters at most. Raises TypeError for no text."""
    if not isinstance(name, str):
        raise TypeError(f'a name is needed, as in track("Nightly import"), not {name!r}')
    return storable_text(name)[:MAX_NAME_CHARACTERS]


class Tracked:
    """What jobs and steps have in common."""

    def __init__(self, place: Place | None, name: str) -> None:
        self.name = name
        self._place = place

    @property
    def place(self) -> Place | None:
        """The job and step of its entries; None for a step outside of any job, whose entries are not stored."""
        return self._place

    def log(
        self,
        message: object,
        level: str | int = "info",
        *,
        source: str = "",
        fields: Mapping[str, object] | None = None,
    ) -> None:
        """Logs one entry. Raises UnknownLevel, and TypeError when `fields` is not a mapping."""
        number = levels.parse(level)
        self._put(str(message), number, source=source, fields=None if fields is None else storable_object(fields))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Makes this the place of the code inside, for a thread that was started without a place."""
        outside = current.get()
        current.set(self.place)
        try:
            yield
        finally:
            current.set(outside)

    def log_exception(self, exception: BaseException, outcome: Outcome) -> None:
        """Logs the exception once in each job that it ends, in the step where it was raised.

        A failure is one entry with its whole traceback (one error, not thirty); an exit or a cancellation is one line.
        """
        logged_in: set[UUID] = exception.__dict__.setdefault(LOGGED_IN, set())
        if self._place is None or self._place.job in logged_in or outcome.status == statuses.COMPLETED:
            return
        logged_in.add(self._place.job)
        if outcome.status == statuses.CANCELLED:
            self._put(f"cancelled: {outcome.error}", levels.WARN, stream=SYSTEM)
        elif isinstance(exception, SystemExit):
            self._put(outcome.error, levels.ERROR, stream=SYSTEM)
        else:
            text = traceback_of(exception)
            fields = exception_fields(exception, text)
            self._put(f"{outcome.error}\n{text}", levels.ERROR, stream=STDERR, fields=fields)

    def _put(
        self,
        message: str,
        level: int,
        *,
        stream: str = STDOUT,
        source: str = "",
        fields: Mapping[str, object] | None = None,
    ) -> None:
        place = self.place
        if place is not None:
            queue.put(Entry(place.job, place.step, level, time.time(), stream, source, message, fields))


class TrackedStep(Tracked):
    """A running step. `id` is the id of its row."""

    def __init__(self, job: UUID | None, name: str) -> None:
        self.id = uuid4()
        super().__init__(None if job is None else Place(job, self.id), name)
