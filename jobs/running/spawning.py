"""A run that starts others: what it asks for on its output becomes its children."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from jobs.errors import ApiError
from jobs.models import DeletedJob, Job
from jobs.runnables import UnknownRunnable
from jobs.running.orders import Origin, order_program, order_runnable

MAX_CHILDREN = 1_000  # of one job
MAX_DEPTH = 16  # a program that spawns itself must come to an end


class ChildOrder(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    program: str | None = None
    runnable: str | None = None
    language: str = "python"
    name: str | None = None
    timeout: float | None = None
    parameters: dict[str, object] = {}
    secrets: list[str] = []
    attributes: dict[str, object] = {}


def spawn(parent: Job, data: Mapping[str, object]) -> Job:
    """The child job that `data` asks for. Raises ValueError, with a text for the parent's log."""
    try:
        request = msgspec.convert(data, ChildOrder)
        require_room(parent)
        return ordered(request, Origin(created_by=parent.created_by, parent=parent, job_id=request.id))
    except (msgspec.ValidationError, ApiError, UnknownRunnable) as error:
        raise ValueError(str(error)) from error


def ordered(request: ChildOrder, origin: Origin) -> Job:
    if (request.program is None) == (request.runnable is None):
        raise ValueError("give either a program or a runnable")
    if Job.objects.filter(pk=request.id).exists():
        raise ValueError(f"there is a job {request.id} already")
    if DeletedJob.objects.filter(pk=request.id).exists():  # whoever watches the jobs knows that this one is gone
        raise ValueError(f"there was a job {request.id} already")
    if request.runnable is not None:
        return order_runnable(request.runnable, request.parameters, attributes=request.attributes, origin=origin)
    return order_program(
        request.program or "",
        language=request.language,
        name=request.name,
        timeout=request.timeout,
        attributes=request.attributes,
        parameters=request.parameters,
        secrets=request.secrets,
        origin=origin,
    )


def require_room(parent: Job) -> None:
    if Job.objects.filter(parent=parent).count() >= MAX_CHILDREN:
        raise ValueError(f"a job may have {MAX_CHILDREN} children at most")
    if depth_of(parent) >= MAX_DEPTH:
        raise ValueError(f"jobs may be nested {MAX_DEPTH} deep at most")


def depth_of(job: Job) -> int:
    """How many ancestors it has, counted up to MAX_DEPTH."""
    depth, parent = 0, job.parent_id
    while parent is not None and depth < MAX_DEPTH:
        depth += 1
        parent = Job.objects.filter(pk=parent).values_list("parent", flat=True).first()
    return depth
