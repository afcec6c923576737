"""The steps of a job, as its program opens and closes groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from jobs import lifecycle, statuses
from jobs.models import Job, Step
from jobs.text import GroupEnd, short_name

T = TypeVar("T")


class Attempt(Protocol):
    """Calls what talks to the database. Gives None, and raises nothing, when the database fails."""

    def __call__(self, attempt: Callable[[], T], /) -> T | None: ...


class OpenGroup(NamedTuple):
    name: str
    step: Step | None
    """None where the step could not be recorded."""


class Groups:
    """The groups that are open, the innermost last."""

    def __init__(self, job: Job, attempt: Attempt) -> None:
        self._job, self._attempt = job, attempt
        self._open: list[OpenGroup] = []
        self._outer_groups = 0
        self._declared: list[Step] | None = None

    @property
    def name(self) -> str:
        """That of the innermost open group."""
        return self._open[-1].name if self._open else ""

    @property
    def step(self) -> Step | None:
        """That of the innermost open group."""
        return self._open[-1].step if self._open else None

    def open_outermost(self, name: str) -> None:
        """Opens a group that no command of the program closes."""
        self.open(name)
        self._outer_groups = 1

    def release_outermost(self) -> None:
        """It may be closed as any other from now on; what was opened inside it ends with the job."""
        del self._open[self._outer_groups :]
        self._outer_groups = 0

    def open(self, name: str) -> None:
        name = short_name(name)
        self._open.append(OpenGroup(name, self._attempt(lambda: self._started(name))))

    def closes(self, end: GroupEnd) -> int:
        """How many groups `end` closes: the innermost, or the one that is named with all inside it."""
        names = [group.name for group in self._open]
        position = len(names) - 1
        if end.name is not None:
            position = max((at for at, name in enumerate(names) if name == short_name(end.name)), default=-1)
        return len(names) - position if position >= self._outer_groups else 0

    def close(self, end: GroupEnd) -> None:
        status = statuses.FAILED if end.is_failed else statuses.COMPLETED
        for _ in range(self.closes(end)):
            self._finish(self._open.pop().step, status, end.error)

    def _finish(self, step: Step | None, status: str, error: str) -> None:
        if step is not None:
            self._attempt(lambda: lifecycle.finish_step(step, status, error=error))

    def _started(self, name: str) -> Step:
        """The step of this name that was declared in advance, on the level where such steps are; else a new one."""
        if len(self._open) == self._outer_groups:
            if self._declared is None:
                pending = Step.objects.filter(job=self._job.pk, status=statuses.PENDING)
                self._declared = list(pending.order_by("position"))
            step = next((step for step in self._declared if short_name(step.name) == name), None)
            if step is not None:
                self._declared.remove(step)
                if lifecycle.start_step(step):
                    return step
        return lifecycle.add_step(self._job, name)
