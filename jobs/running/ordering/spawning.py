"""A run that starts others: what it asks for on its output becomes its children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import FailFast, Strict

from jobs.errors import Refusal
from jobs.models import DeletedJob, Job
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.registered import order_runnable
from jobs.secrets.masking import NO_MASK, Masker
from jobs.storable import storable_json
from jobs.validation.objects import StrictObject, WrongMembers, read_object


class ChildOrder(StrictObject):
    id: Annotated[UUID, Strict(False)]  # as a text
    program: str | None = None
    runnable: str | None = None
    language: str = "python"
    name: str | None = None
    timeout: float | None = None
    parameters: dict[str, Any] = {}
    secrets: Annotated[list[str], FailFast()] = []
    attributes: dict[str, Any] = {}


def spawn(parent: Job, data: Mapping[str, object], masker: Masker = NO_MASK) -> Job:
    """The child job that `data` asks for. Raises ValueError, with a text for the parent's log.

    What `masker` knows, the parent's secrets, is masked in all of the child that people can see.
    """
    secrets = masker.without_patterns()
    try:
        request = read_object(ChildOrder, data)
        origin = Origin(created_by=parent.created_by, parent=parent, job_id=request.id, masker=secrets)
        return ordered(request, origin)
    except (WrongMembers, Refusal) as error:
        raise ValueError(str(error)) from error


def ordered(request: ChildOrder, origin: Origin) -> Job:
    if (request.program is None) == (request.runnable is None):
        raise ValueError("give either a program or a runnable")
    if Job.objects.filter(pk=request.id).exists():
        raise ValueError(f"there is a job {request.id} already")
    if DeletedJob.objects.filter(pk=request.id).exists():  # clients that watch the jobs know that this one is gone
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
        secrets=[*request.secrets, *passed_on(request, origin.masker)],
        origin=origin,
    )


def passed_on(request: ChildOrder, masker: Masker) -> list[str]:
    """The parameters by which a program is given the parent's secrets, whether the parent has said so or not."""
    return [
        name
        for name, value in request.parameters.items()
        if isinstance(value, str | int | float) and masker.finds_secret(storable_json(value))
    ]
