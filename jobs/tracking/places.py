"""Where the running code is: in which tracked job and step. Each thread and each task has its own place."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    job: UUID
    step: UUID | None


current: ContextVar[Place | None] = ContextVar("quaero_place", default=None)


def step_in(job: UUID) -> UUID | None:
    """The step of `job` that the running code is in."""
    place = current.get()
    return place.step if place is not None and place.job == job else None
