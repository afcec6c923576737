"""A run beside another one."""

from __future__ import annotations

from pydantic import Field

from jobs.access import Caller
from jobs.api.routing import Router
from jobs.models import Job
from jobs.queries.comparing import Comparison, compared, earlier_run
from jobs.queries.parameters import JobId, unknown_job
from jobs.validation.query import BadParameter, Query

router = Router("jobs")


class ComparisonQuery(Query):
    other: JobId = Field(
        None, alias="with", description="The other run; without it the newest of the same name before this one."
    )


@router.get("/jobs/{job_id}/compare", "A job beside an earlier run")
def compare_jobs(caller: Caller, job: Job, query: ComparisonQuery) -> Comparison:
    """Their durations, counts and steps, and the first lines of their logs that differ, numbers and times set aside.
    404 (`no_earlier_run`) when there is no other run of this name."""
    for wrong in unknown_job(query.other, "with"):
        raise wrong
    if query.other == job.pk:
        raise BadParameter("with", query.other, "the id of another job")
    earlier = earlier_run(job) if query.other is None else Job.objects.get(pk=query.other)
    return compared(job, earlier, caller.user.pk)
