"""A job with its descendants as the database has them at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count, Q, Sum

from jobs import statuses
from jobs.models import COLUMN_NAMES, Job
from jobs.queries.families import members
from jobs.queries.rows import ChildRow, JobSummary, child_row, job_summary
from logstream.feeds.job_steps import StepMembers

SHOWN = ("name", "kind", "status", "progress", "last_line", "started_at", "finished_at", "parent", *COLUMN_NAMES)
NEEDED = (*SHOWN, "exit_code", "created_at")


class Pulse(NamedTuple):
    """Numbers of a family of which one at least is another whenever anything in it is."""

    members: int
    pending: int
    ended: int
    revisions: int  # each change and each append counts one up

    def is_urgent_after(self, earlier: Pulse) -> bool:
        """Whether jobs have come, gone, begun or ended since."""
        return self[:3] != earlier[:3]


NO_PULSE = Pulse(0, 0, 0, 0)


class FamilyPayload(msgspec.Struct):
    job: JobSummary
    steps: msgspec.Raw
    steps_total: int | msgspec.UnsetType
    partial: bool | msgspec.UnsetType  # of the steps; children are always all of them
    children: list[ChildRow]


@dataclass(frozen=True)
class FamilyState:
    job: Job
    children: list[Job]  # and theirs; in the order in which they were made
    pulse: Pulse

    @classmethod
    def read(cls, root: UUID, pulse: Pulse) -> FamilyState | None:
        """The state at this pulse, which was taken in the same snapshot. None: the job is not there."""
        jobs = list(members(root).only(*NEEDED).order_by("created_at", "pk"))
        job = next((each for each in jobs if each.pk == root), None)
        if job is None:
            return None
        return cls(job, [each for each in jobs if each is not job], pulse)

    @property
    def is_finished(self) -> bool:
        return all(job.is_finished for job in (self.job, *self.children))

    @property
    def ids(self) -> set[UUID]:
        return {self.job.pk, *(job.pk for job in self.children)}

    def payload(self, steps: StepMembers) -> bytes:
        children = [child_row(job) for job in self.children]
        return msgspec.json.encode(FamilyPayload(job_summary(self.job), *steps, children))

    def signature(self) -> object:
        return [(job.pk, job.name, job.status) for job in (self.job, *self.children)]


def pulses_of(roots: set[UUID]) -> dict[UUID, Pulse]:
    """The pulses of these families; those of jobs that are gone have no members."""
    return {root: pulse_of(root) for root in roots}


def pulse_of(root: UUID) -> Pulse:
    found = members(root).aggregate(
        members=Count("pk"),
        pending=Count("pk", filter=Q(status=statuses.PENDING)),
        ended=Count("pk", filter=Q(status__in=statuses.TERMINAL)),
        revisions=Sum("revision"),
    )
    return Pulse(found["members"], found["pending"], found["ended"], found["revisions"] or 0)
