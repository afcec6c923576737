"""What people do to jobs: cancel and delete, with all that a job has spawned. Each leaves word of who did it.

`by` is a name for people: a user's, or that of who sits at the command line.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobs import lifecycle, recording, statuses
from jobs.families import descendants
from jobs.lifecycle import JobIsRunning
from jobs.models import SERVICE_JOB_ID, Job, NoSuchJob
from jobs.recording import NewEntry


class JobHasEnded(ValueError):
    """A job that has ended cannot be cancelled."""


def cancel(job: Job, by: str) -> list[UUID]:
    """Asks the job and all its descendants to end; those that nobody has begun have ended at once.

    Gives the ids of those that this call asked: none when somebody else has asked before. Raises JobHasEnded when
    neither the job nor any descendant is there to be asked any more.
    """
    family = [job, *descendants(job.pk)]
    asked = [member.pk for member in family if cancel_one(member.pk, by)]
    if not asked and not Job.objects.filter(pk__in=[job.pk for job in family], status__in=statuses.ACTIVE).exists():
        raise JobHasEnded(f"{job.name} has ended already: nothing is left to cancel")
    return asked


def cancel_one(job_id: UUID, by: str) -> bool:
    """Whether it was this call that asked the job to end."""
    nobody_hears = Q(status=statuses.PENDING) | Q(status=statuses.RUNNING, heartbeat_at=None)
    try:
        with transaction.atomic():
            if not lifecycle.request_cancel(job_id):
                return False
            recording.append(job_id, [NewEntry(f"cancel requested by {by}", "warn", stream="system")])
            lifecycle.finish_job(job_id, statuses.CANCELLED, error=f"cancelled by {by}", only_if=nobody_hears)
    except NoSuchJob:
        return False
    return True


def delete(job: Job, by: str) -> int:
    """Deletes the job and all its descendants; how many that were. Raises JobIsRunning when one of them runs."""
    family = [job, *descendants(job.pk)]
    running = Job.objects.filter(pk__in=[member.pk for member in family], status=statuses.RUNNING).first()
    if running is not None:
        raise JobIsRunning(f"{running.name} is running: cancel it first")
    names = {member.pk: member.name for member in family}
    for member in reversed(family):  # what a parent has spawned goes before it, and finds no new parent
        lifecycle.finish_job(member, statuses.CANCELLED, error="deleted", only_if=Q(status=statuses.PENDING))
        key = member.pk
        lifecycle.delete_job(member)
        word = NewEntry(f"{names[key]} ({key}) was deleted by {by}", "info", stream="system")
        recording.append(SERVICE_JOB_ID, [word])
    return len(family)
