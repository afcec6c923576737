"""Tracking Python code as jobs: `with track("Nightly import") as job:`, `with job.step("Extract"):`.

Nothing here touches the caller's database connection: changes and entries go in order, through one queue, to the
thread that writes them. So code may use it in transactions, threads and event loops alike. The end of a block
waits until all of it is stored, but not in a transaction, and not for a plain `with` in a coroutine.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping
from uuid import UUID, uuid4

from jobs.background.items import JobEnded, JobStarted, ProgressMade
from jobs.background.queue import queue
from jobs.storable import storable_json, storable_object
from jobs.terms.environment import JOB_ID_VARIABLE
from jobs.tracking.blocks import Block
from jobs.tracking.handles import Tracked, storable_name
from jobs.tracking.outcomes import JobCancelled, outcome_of
from jobs.tracking.places import Place, current
from jobs.tracking.steps import StepBlock

KIND = re.compile(r"[-a-zA-Z0-9_]{1,64}")


def track(name: str, *, kind: str = "job", attributes: Mapping[str, object] | None = None) -> JobBlock:
    """A job, for `with`, `async with`, or as the decorator of a function, of which each call is a job.

    Within another tracked job it is that job's child. `kind` is a slug (1 to 64 letters, digits, - and _). Raises
    ValueError and TypeError for a wrong name, kind or attributes. Exceptions of the block are raised on.
    """
    return JobBlock(name, kind, attributes)


def step(name: str) -> StepBlock:
    """A step of the tracked job in which it is entered; outside of any, the code runs and nothing is recorded."""
    return StepBlock(None, name)


class TrackedJob(Tracked):
    """A running job. `id` is the id of its row; `result` may be set to any value that JSON can hold."""

    def __init__(self, name: str) -> None:
        self.id = uuid4()
        self.result: object = None
        self.must_stop = threading.Event()
        super().__init__(Place(self.id, None), name)

    @property
    def place(self) -> Place:
        """This job, in the step of the running code if that belongs to this job."""
        here = current.get()
        return here if here is not None and here.job == self.id else Place(self.id, None)

    def step(self, name: str) -> StepBlock:
        """A step of this job, for `with`, `async with`, or as a decorator."""
        return StepBlock(self.id, name)

    def progress(self, percent: float) -> None:
        """Sets the progress, 0 to 100. Raises ValueError outside of that."""
        if not 0 <= percent <= 100:
            raise ValueError(f"progress is {percent!r}: it must be from 0 to 100")
        queue.put_progress(ProgressMade(self.id, percent))

    @property
    def is_cancel_requested(self) -> bool:
        """Whether a user has asked the job to end, or has ended it. Known within 5 s."""
        return self.must_stop.is_set()

    def stop_if_cancelled(self) -> None:
        """Raises JobCancelled when a user has asked the job to end. Call it where the job can stop."""
        if self.is_cancel_requested:
            raise JobCancelled(f"{self.name} was asked to end")

    def start(self, kind: str, attributes: Mapping[str, object], parent: UUID | None) -> None:
        worker = f"{os.uname().nodename}:{os.getpid()}"
        queue.put_change(JobStarted(self.id, self.name, kind, parent, attributes, worker, time.time(), self.must_stop))

    def end(self, exception: BaseException | None = None) -> None:
        outcome = outcome_of(exception)
        if exception is not None:
            self.log_exception(exception, outcome)
        queue.put_change(
            JobEnded(self.id, outcome.status, outcome.exit_code, storable_json(self.result), outcome.error, time.time())
        )


class JobBlock(Block[TrackedJob]):
    def __init__(self, name: str, kind: str, attributes: Mapping[str, object] | None) -> None:
        if not KIND.fullmatch(kind):
            raise ValueError(f"kind is {kind!r}: use 1 to 64 letters, digits, - and _")
        self._name, self._kind, self._attributes = storable_name(name), kind, storable_object(attributes)

    def begin(self) -> tuple[TrackedJob, Place | None]:
        job = TrackedJob(self._name)
        job.start(self._kind, self._attributes, parent_job())
        return job, Place(job.id, None)

    def end(self, handle: TrackedJob, exception: BaseException | None) -> None:
        handle.end(exception)

    def again(self) -> JobBlock:
        return JobBlock(self._name, self._kind, self._attributes)


def parent_job() -> UUID | None:
    """The parent of a new job: the tracked job of the running code, or the job of the `runjob` that runs all of it."""
    here = current.get()
    if here is not None:
        return here.job
    try:
        return UUID(os.environ.get(JOB_ID_VARIABLE, ""))
    except ValueError:
        return None
