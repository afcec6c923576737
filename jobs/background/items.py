"""What travels from the program to the database: entries and changes of state.

Plain data that needs no models, so that a handler named in LOGGING can be made before the apps are loaded.
Moments are seconds since the epoch, the clock of `logging`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Entry(NamedTuple):
    """A log record on its way: it may be dropped and counted where a change may not."""

    job: UUID
    step: UUID | None
    level: int
    created: float
    stream: str
    source: str
    message: str
    fields: Mapping[str, object] | None


class ProgressMade(NamedTuple):
    job: UUID
    percent: float


@dataclass(slots=True)
class Gap:
    """Here so many entries of a job were dropped. It counts on until it is taken from the queue."""

    job: UUID
    created: float
    until: float
    dropped: int = 0


class JobStarted(NamedTuple):
    """A job that begins, leased. `must_stop` is set when it is asked to end, or was ended."""

    job: UUID
    name: str
    kind: str
    parent: UUID | None
    attributes: Mapping[str, object]
    worker: str
    at: float
    must_stop: threading.Event


class JobEnded(NamedTuple):
    job: UUID
    status: str
    exit_code: int | None
    result: object
    error: str
    at: float


class StepStarted(NamedTuple):
    job: UUID
    step: UUID
    name: str
    at: float


class StepEnded(NamedTuple):
    job: UUID
    step: UUID
    status: str
    error: str
    at: float


class Flush(NamedTuple):
    """Done when everything before it has been dealt with: True; False when the database fails before that."""

    done: Future[bool]


Change = JobStarted | JobEnded | StepStarted | StepEnded
Item = Entry | ProgressMade | Gap | Change | Flush
