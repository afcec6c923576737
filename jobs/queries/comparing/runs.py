"""Two runs compared."""

from __future__ import annotations

import msgspec
from django.utils import timezone

from jobs.errors import NotFound
from jobs.models import Job
from jobs.queries.comparing.differences import LogComparison, compared_logs
from jobs.queries.comparing.steps import StepPair, compared_steps, seconds_of
from jobs.queries.rows import JobSummary, job_summary


class NoEarlierRun(NotFound, LookupError):
    """No other run of this name was created before this one."""

    code = "no_earlier_run"


class ComparedRun(msgspec.Struct):
    run: JobSummary
    duration_s: float | None  # until now, of one that runs; null before it starts


class Comparison(msgspec.Struct):
    job: ComparedRun
    earlier: ComparedRun = msgspec.field(name="with")
    steps: list[StepPair]
    logs: LogComparison


def compared(job: Job, earlier: Job, user_id: int) -> Comparison:
    """Their durations and counts, their steps, and where their logs part."""
    now = timezone.now()
    ours, theirs = (ComparedRun(job_summary(each), seconds_of(each, now)) for each in (job, earlier))
    return Comparison(ours, theirs, compared_steps(job, earlier, now), compared_logs(job, earlier, user_id))


def earlier_run(job: Job) -> Job:
    """The newest run of the same name before this one. Raises NoEarlierRun."""
    runs = Job.objects.listed().filter(name=job.name, created_at__lt=job.created_at).order_by("-created_at")
    found = runs.first()
    if found is None:
        raise NoEarlierRun(f"no run named {job.name!r} was created before this one: name another with 'with'")
    return found
