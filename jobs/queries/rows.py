"""Jobs and steps on the wire: the members of the API's answers and of the streams' events."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import models

from jobs.models import Job, Step
from jobs.models.record import wire_time

FEW_STEPS = 50  # up to so many are sent each time; of more, a client that has them gets only those that changed


class StepRow(msgspec.Struct):
    id: str
    name: str
    position: int
    status: str
    counts: dict[str, int]
    started_at: str | None
    finished_at: str | None
    error: str  # why it has failed; empty otherwise


class JobSummary(msgspec.Struct):
    """A job in a `status` event."""

    id: str
    name: str
    kind: str
    status: str
    progress: float | None
    counts: dict[str, int]
    last_line: int
    started_at: str | None
    finished_at: str | None


class ChildRow(JobSummary):
    """A descendant in a `status` event."""

    parent: str | None


class JobRow(JobSummary):
    """A job in a list."""

    revision: int
    created_at: str
    updated_at: str
    heartbeat_at: str | None
    cancel_requested_at: str | None
    exit_code: int | None
    error: str
    parent: str | None
    rerun_of: str | None
    created_by: str | None
    attempt: int
    worker: str
    attributes: dict[str, object]


class TreeRow(JobRow):
    """A job in a tree, with the jobs that it spawned."""

    children: list[TreeRow]


class JobDetail(JobRow):
    """A job with all that is known about it."""

    spec: dict[str, object]
    result: object
    steps: list[StepRow]
    steps_total: int | msgspec.UnsetType = msgspec.UNSET  # where there are many
    partial: bool | msgspec.UnsetType = msgspec.UNSET  # `steps` are those that changed since a revision


def step_row(step: Step) -> StepRow:
    """A step as the API and `status` events have it."""
    return StepRow(
        str(step.pk),
        step.name,
        step.position,
        step.status,
        step.counts,
        optional_time(step.started_at),
        optional_time(step.finished_at),
        step.error,
    )


def job_summary(job: Job) -> JobSummary:
    """A job as a `status` event has it."""
    return JobSummary(**summary_members(job))  # type: ignore[arg-type]


def child_row(job: Job) -> ChildRow:
    """A descendant as a `status` event has it."""
    return ChildRow(**summary_members(job), parent=optional_id(job.parent_id))  # type: ignore[arg-type]


def job_row(job: Job) -> JobRow:
    """The row of a job that was read with its `created_by` (select_related)."""
    return JobRow(**summary_members(job), **row_members(job))  # type: ignore[arg-type]


def tree_row(job: Job) -> TreeRow:
    """As `job_row`, without children yet."""
    return TreeRow(**summary_members(job), **row_members(job), children=[])  # type: ignore[arg-type]


def job_detail(job: Job, steps: models.QuerySet[Step], since: int | None = None) -> JobDetail:
    """`since`: a revision of the job. Of more than FEW_STEPS steps, only those that changed at it or later are in."""
    total = steps.count()
    are_many = total > FEW_STEPS
    is_partial = are_many and since is not None
    return JobDetail(
        **summary_members(job),  # type: ignore[arg-type]
        **row_members(job),  # type: ignore[arg-type]
        spec=job.spec,
        result=job.result,
        steps=[step_row(step) for step in (steps.filter(revision__gte=since) if is_partial else steps)],
        steps_total=total if are_many else msgspec.UNSET,
        partial=is_partial or msgspec.UNSET,
    )


def summary_members(job: Job) -> dict[str, object]:
    """The members of JobSummary."""
    return {
        "id": str(job.pk),
        "name": job.name,
        "kind": job.kind,
        "status": job.status,
        "progress": job.progress,
        "counts": job.counts,
        "last_line": job.last_line,
        "started_at": optional_time(job.started_at),
        "finished_at": optional_time(job.finished_at),
    }


def row_members(job: Job) -> dict[str, object]:
    """The members that JobRow adds. The job was read with its `created_by`."""
    return {
        "revision": job.revision,
        "created_at": wire_time(job.created_at),
        "updated_at": wire_time(job.updated_at),
        "heartbeat_at": optional_time(job.heartbeat_at),
        "cancel_requested_at": optional_time(job.cancel_requested_at),
        "exit_code": job.exit_code,
        "error": job.error,
        "parent": optional_id(job.parent_id),
        "rerun_of": optional_id(job.rerun_of_id),
        "created_by": job.created_by.get_username() if job.created_by else None,
        "attempt": job.attempt,
        "worker": job.worker,
        "attributes": job.attributes,
    }


def optional_time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)


def optional_id(key: object) -> str | None:
    return None if key is None else str(key)
