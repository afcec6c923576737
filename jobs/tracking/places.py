"""Where the running code is: in which tracked job and step. Each thread and each task has its own place."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """The id of a job and, inside a step, the id of the step."""

    job: UUID
    step: UUID | None


current: ContextVar[Place | None] = ContextVar("quaero_place", default=None)


def step_in(job: UUID) -> UUID | None:
    """The id of the step of `job` that the running code is in; None outside of its steps."""
    place = current.get()
    return place.step if place is not None and place.job == job else None
