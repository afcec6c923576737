"""What users do to jobs: cancel and delete, with all descendants. Each writes an entry that names the user.

`by` is that name: a Quaero user's, or the system user's at the command line.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobs import lifecycle, recording, statuses
from jobs.errors import Conflict, Forbidden
from jobs.lifecycle import JobIsRunning
from jobs.models import SERVICE_JOB_ID, Job, NoSuchJob
from jobs.queries.families import descendants, generations
from jobs.recording import NewEntry
from jobs.terms.streams import SYSTEM


class JobHasEnded(Conflict, ValueError):
    """A job that has ended cannot be cancelled."""

    code = "job_has_ended"
    nameless = "it has ended already"


class IsServiceJob(Forbidden, ValueError):
    """The service job cannot be changed."""


def cancel(job: Job, by: str) -> list[UUID]:
    """Asks the job and all its descendants to end; those that no worker has started are ended at once.

    Returns the ids of the jobs that this call asked: none when all were asked before. Raises JobHasEnded when the job
    and all its descendants have ended.
    """
    refuse_service_job(job)
    family = [job.pk]
    asked = [job.pk] if cancel_one(job.pk, by) else []
    for generation in generations(job.pk):  # each is read after its parents were asked, which then spawn no more
        family += [child.pk for child in generation]
        asked += [child.pk for child in generation if cancel_one(child.pk, by)]
    if not asked and not Job.objects.filter(pk__in=family, status__in=statuses.ACTIVE).exists():
        raise JobHasEnded(f"{job.name} has ended already: nothing is left to cancel")
    return asked


def cancel_one(job_id: UUID, by: str) -> bool:
    """Asks the job to end. Returns whether this call did."""
    has_no_runner = Q(status=statuses.PENDING) | Q(status=statuses.RUNNING, heartbeat_at=None)
    try:
        with transaction.atomic():
            if not lifecycle.request_cancel(job_id):
                return False
            recording.append(job_id, [NewEntry(f"cancel requested by {by}", "warn", stream=SYSTEM)])
            lifecycle.finish_job(job_id, statuses.CANCELLED, error=f"cancelled by {by}", only_if=has_no_runner)
    except NoSuchJob:
        return False
    return True


def delete(job: Job, by: str) -> int:
    """Deletes the job and all its descendants. Returns their number.

    Raises JobIsRunning when one of them runs, and NoSuchJob when all are deleted already.
    """
    refuse_service_job(job)
    key = job.pk
    family = [job, *descendants(key)]
    running = Job.objects.filter(pk__in=[member.pk for member in family], status=statuses.RUNNING).first()
    if running is not None:
        raise JobIsRunning(f"{running.name} is running: cancel it first")
    # Children are deleted before their parents, so that they do not lose their parent first.
    deleted = [member for member in reversed(family) if delete_one(member, by)]
    if not deleted:
        raise NoSuchJob(f"there is no job {key} any more")
    return len(deleted)


def delete_one(job: Job, by: str) -> bool:
    """Deletes the job. Returns whether this call did. Raises JobIsRunning."""
    entry = NewEntry(f"{job.name} ({job.pk}) was deleted by {by}", "info", stream=SYSTEM)
    # So that no worker starts it any more.
    lifecycle.finish_job(job, statuses.CANCELLED, error="deleted", only_if=Q(status=statuses.PENDING))
    if not lifecycle.delete_job(job):
        return False
    recording.append(SERVICE_JOB_ID, [entry])
    return True


def refuse_service_job(job: Job) -> None:
    """Raises IsServiceJob for the service job."""
    if job.pk == SERVICE_JOB_ID:
        raise IsServiceJob("the service job is Quaero's own: it is not cancelled or deleted")
