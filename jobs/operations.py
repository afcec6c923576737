"""What people do to jobs: cancel and delete, with all that a job has spawned. Each leaves word of who did it.

`by` is a name for people: a user's, or that of who sits at the command line.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobs import lifecycle, recording, statuses
from jobs.lifecycle import JobIsRunning
from jobs.models import SERVICE_JOB_ID, Job, NoSuchJob
from jobs.queries.families import descendants, generations
from jobs.recording import NewEntry
from jobs.streams import SYSTEM


class JobHasEnded(ValueError):
    """A job that has ended cannot be cancelled."""


class IsServiceJob(ValueError):
    """The service job is nobody's to change."""


def cancel(job: Job, by: str) -> list[UUID]:
    """Asks the job and all its descendants to end; those that nobody has begun have ended at once.

    Gives the ids of those that this call asked: none when somebody else has asked before. Raises JobHasEnded when
    neither the job nor any descendant is there to be asked any more.
    """
    refuse_service_job(job)
    family = [job.pk]
    asked = [job.pk] if cancel_one(job.pk, by) else []
    for generation in generations(job.pk):  # each is read when its parents have been asked, and spawn no more
        family += [child.pk for child in generation]
        asked += [child.pk for child in generation if cancel_one(child.pk, by)]
    if not asked and not Job.objects.filter(pk__in=family, status__in=statuses.ACTIVE).exists():
        raise JobHasEnded(f"{job.name} has ended already: nothing is left to cancel")
    return asked


def cancel_one(job_id: UUID, by: str) -> bool:
    """Whether it was this call that asked the job to end."""
    nobody_hears = Q(status=statuses.PENDING) | Q(status=statuses.RUNNING, heartbeat_at=None)
    try:
        with transaction.atomic():
            if not lifecycle.request_cancel(job_id):
                return False
            recording.append(job_id, [NewEntry(f"cancel requested by {by}", "warn", stream=SYSTEM)])
            lifecycle.finish_job(job_id, statuses.CANCELLED, error=f"cancelled by {by}", only_if=nobody_hears)
    except NoSuchJob:
        return False
    return True


def delete(job: Job, by: str) -> int:
    """Deletes the job and all its descendants; how many that were.

    Raises JobIsRunning when one of them runs, and NoSuchJob when they are gone already.
    """
    refuse_service_job(job)
    key = job.pk
    family = [job, *descendants(key)]
    running = Job.objects.filter(pk__in=[member.pk for member in family], status=statuses.RUNNING).first()
    if running is not None:
        raise JobIsRunning(f"{running.name} is running: cancel it first")
    # What a parent has spawned goes before it, and finds no new parent.
    deleted = [member for member in reversed(family) if delete_one(member, by)]
    if not deleted:
        raise NoSuchJob(f"there is no job {key} any more")
    return len(deleted)


def delete_one(job: Job, by: str) -> bool:
    """Whether it was this call that deleted the job. Raises JobIsRunning."""
    word = NewEntry(f"{job.name} ({job.pk}) was deleted by {by}", "info", stream=SYSTEM)
    # No worker begins it any more.
    lifecycle.finish_job(job, statuses.CANCELLED, error="deleted", only_if=Q(status=statuses.PENDING))
    if not lifecycle.delete_job(job):
        return False
    recording.append(SERVICE_JOB_ID, [word])
    return True


def refuse_service_job(job: Job) -> None:
    if job.pk == SERVICE_JOB_ID:
        raise IsServiceJob("the service job is Quaero's own: it is not cancelled or deleted")
