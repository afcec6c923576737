"""A step of a tracked job, as a block."""

from __future__ import annotations

import time
from uuid import UUID

from jobs.background.items import StepEnded, StepStarted
from jobs.background.queue import queue
from jobs.tracking.blocks import Block
from jobs.tracking.handles import TrackedStep, short_name
from jobs.tracking.outcomes import outcome_of
from jobs.tracking.places import Place, current


class StepBlock(Block[TrackedStep]):
    """`with job.step("Extract"):`. An exception fails the step and goes on."""

    def __init__(self, job: UUID | None, name: str) -> None:
        """`job` None: that in which the block is entered; outside of any, the step is recorded nowhere."""
        self._job, self._name = job, short_name(name)

    def begin(self) -> tuple[TrackedStep, Place | None]:
        outside = current.get()
        job = self._job or (outside.job if outside else None)
        step = TrackedStep(job, self._name)
        if job is not None:
            queue.put_change(StepStarted(job, step.id, step.name, time.time()))
        return step, step.place

    def end(self, handle: TrackedStep, exception: BaseException | None) -> None:
        if handle.place is None:
            return
        outcome = outcome_of(exception)
        if exception is not None:
            handle.log_exception(exception, outcome)
        queue.put_change(StepEnded(handle.place.job, handle.id, outcome.status, outcome.error, time.time()))

    def again(self) -> StepBlock:
        return StepBlock(self._job, self._name)
