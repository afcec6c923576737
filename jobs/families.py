"""A job and what it has spawned, over all generations."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from jobs.models import Job
from jobs.models.job import JobQuerySet


def generations(job_id: UUID) -> Iterable[JobQuerySet]:
    """The children, then their children, and so on: a query each, to be read before the next is asked for."""
    parents = [job_id]
    seen = {job_id}
    while parents:
        generation = Job.objects.filter(parent__in=parents).order_by("created_at", "pk")
        yield generation
        parents = [pk for pk in generation.values_list("pk", flat=True) if pk not in seen]
        seen.update(parents)


def descendants(job_id: UUID) -> list[Job]:
    """All of them, those of an earlier generation first."""
    return [job for generation in generations(job_id) for job in generation]
