"""The pending job that an order makes, perhaps as the child of another."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.contrib.auth.models import User
from django.utils import timezone

from jobs import lifecycle, statuses
from jobs.errors import Forbidden
from jobs.models import Job
from jobs.running.ordering.checks import BadOrder, require_no_secret
from jobs.running.ordering.specs import (
    Spec,
    as_json,
)
from jobs.secrets.masking import NO_MASK, Masker
from jobs.secrets.sealing import EXTRA, CannotSeal, seal

MAX_CHILDREN = 1_000  # of one job
MAX_DEPTH = 16  # a program that spawns itself must come to an end


class Origin(msgspec.Struct, frozen=True):
    """Where an order comes from."""

    created_by: User | None = None
    parent: Job | None = None
    rerun_of: Job | None = None
    job_id: UUID | None = None  # chosen by who orders; None: a new one
    masker: Masker = NO_MASK  # of the parent's secrets, which the order must not reveal


NOWHERE = Origin()


def create(
    name: str,
    kind: str,
    spec: Spec,
    hidden: Mapping[str, str],
    attributes: Mapping[str, object] | None,
    origin: Origin,
    *,
    exclusive: str = "",
) -> Job:
    require_no_secret(spec, origin.masker)
    if origin.parent is not None:
        require_parent(origin.parent)
    job = lifecycle.create_job(
        origin.masker.mask(name),
        kind=kind,
        parent=origin.parent,
        rerun_of=origin.rerun_of,
        created_by=origin.created_by,
        attributes=origin.masker.mask_object(attributes or {}),
        spec=as_json(spec),
        job_id=origin.job_id,
        due_at=timezone.now(),
        exclusive=exclusive,
    )
    try:
        seal(job, hidden)
    except CannotSeal as error:
        raise Forbidden(f"{error}", code="extra_missing", detail={"extra": EXTRA}) from error
    return job


def require_parent(parent: Job) -> None:
    """Refuses children of a job that is to end: a cancel reaches those that it has by then."""
    row = Job.objects.select_for_update().filter(pk=parent.pk).values("status", "cancel_requested_at").first()
    if row is None:
        raise BadOrder("parent", f"is {parent.pk}: there is no such job any more")
    if row["cancel_requested_at"] is not None or row["status"] == statuses.CANCELLED:
        raise BadOrder("parent", f"is {parent.pk}, which was cancelled", status=409, code="parent_is_cancelled")
    if Job.objects.filter(parent=parent).count() >= MAX_CHILDREN:
        problem = f"is {parent.pk}, which has {MAX_CHILDREN} children: no more are allowed"
        raise BadOrder("parent", problem, status=409, code="family_is_full")
    if depth_of(parent) >= MAX_DEPTH:
        problem = f"is {parent.pk}, over which {MAX_DEPTH} generations stand already"
        raise BadOrder("parent", problem, status=409, code="family_is_full")


def depth_of(job: Job) -> int:
    """How many ancestors it has, counted up to MAX_DEPTH."""
    depth, parent = 0, job.parent_id
    while parent is not None and depth < MAX_DEPTH:
        depth += 1
        parent = Job.objects.filter(pk=parent).values_list("parent", flat=True).first()
    return depth
