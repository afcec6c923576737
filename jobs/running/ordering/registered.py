"""Orders of registered jobs."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from jobs import lifecycle, statuses
from jobs.errors import Conflict, Refusals
from jobs.models import Job
from jobs.runnables import Runnable, registry
from jobs.running.ordering.checks import MAX_ATTRIBUTES_BYTES, MAX_PARAMETERS_BYTES, require_size
from jobs.running.ordering.pending import NOWHERE, Origin, create
from jobs.running.ordering.specs import (
    REGISTERED_KIND,
    RegisteredSpec,
)


class AlreadyRuns(Conflict):
    """A registered job that does not run twice at a time, and runs or waits already."""

    code = "already_runs"

    def __init__(self, runnable: Runnable, job: Job) -> None:
        super().__init__(
            f"{runnable.name} is {job.status} already, and a second one at a time is skipped",
            detail={"job": str(job.pk)},
        )


def order_runnable(
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    attributes: Mapping[str, object] | None = None,
    from_text: bool = False,
    origin: Origin = NOWHERE,
    wrong: Refusals | None = None,
) -> Job:
    """A pending job that will run the registered job of this name.

    `from_text`: the values are what a person has typed. Raises UnknownRunnable, BadParameters, AlreadyRuns and
    BadOrder. `wrong`: what the caller has found wrong already.
    """
    wrong = wrong or Refusals()
    if name not in registry.by_name:
        wrong.end()
    runnable = registry.find(name)
    plain: dict[str, object] = {}
    hidden: dict[str, str] = {}
    with wrong:
        plain, hidden = runnable.split(parameters or {}, from_text=from_text)
        require_size("parameters", {**plain, **hidden}, MAX_PARAMETERS_BYTES)
    with wrong:
        require_size("attributes", attributes or {}, MAX_ATTRIBUTES_BYTES)
    wrong.end()
    spec = RegisteredSpec(name, dict(plain), sorted(hidden), runnable.timeout_s, runnable.retries, runnable.concurrency)
    exclusive = "" if runnable.concurrency == "allow" else f"registered:{name}"
    with transaction.atomic():
        job = create(name, REGISTERED_KIND, spec, hidden, attributes, origin, exclusive=exclusive)
        if runnable.concurrency == "skip":
            # Ours is there already, so of two orders at once at least one sees the other.
            others = Job.objects.filter(exclusive=exclusive, status__in=statuses.ACTIVE).exclude(pk=job.pk)
            other = others.order_by("created_at").first()
            if other is not None:
                raise AlreadyRuns(runnable, other)
        for step in runnable.steps:
            lifecycle.add_step(job, step, status=statuses.PENDING)
    return job
