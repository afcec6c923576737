"""The one way a job or step changes state: conditional updates, of which exactly one wins (promise D5).

Functions take a job or step, or its id. Those that change a state return whether this call changed it: False
means that another process was first, which is a normal outcome. Every change raises the job's revision, and a
signal is sent when it has committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs import signals, statuses
from jobs.errors import Conflict
from jobs.models import Job, JobSecret, Step
from jobs.models.job import touch
from jobs.secrets.names import without_secrets
from jobs.storable import storable_json, storable_object
from jobs.text.commands import shortened

LEASE_S = 20.0  # a job or worker without a heartbeat for so long has lost its process
HEARTBEAT_S = 5.0  # from one heartbeat to the next
MAX_STEP_ERROR_CHARACTERS = 2_000  # every status event has all of them; the log has them whole

# The new status of steps that are still open when their job ends, by the job's status.
ENDS_STEPS: dict[str, dict[str, str]] = {
    statuses.COMPLETED: {statuses.RUNNING: statuses.COMPLETED, statuses.PENDING: statuses.SKIPPED},
    # A step that was open when its job failed has not failed itself: it was cut off.
    statuses.FAILED: {statuses.RUNNING: statuses.CANCELLED, statuses.PENDING: statuses.SKIPPED},
    statuses.CANCELLED: {statuses.RUNNING: statuses.CANCELLED, statuses.PENDING: statuses.SKIPPED},
}

# The progress of a job that has completed: 100, or null where it has reported none.
FULL_PROGRESS = models.Case(models.When(progress__isnull=False, then=models.Value(100.0)))


class JobIsRunning(Conflict, ValueError):
    """A job cannot be deleted while it runs."""

    code = "job_is_running"
    nameless = "it is running: cancel it first"


def create_job(
    name: str,
    *,
    kind: str = "job",
    parent: Job | None = None,
    rerun_of: Job | None = None,
    created_by: User | None = None,
    attributes: Mapping[str, object] | None = None,
    spec: Mapping[str, object] | None = None,
    job_id: UUID | None = None,
    at: datetime | None = None,
    due_at: datetime | None = None,
    exclusive: str = "",
) -> Job:
    """A new pending job. `job_id` and `at` (its creation time) are made where they are not given.

    Readers see attributes, so values that are secret by their names are masked.

    Workers may take a job with `due_at` from then on. Of the jobs with the same `exclusive`, one runs at a time.
    """
    job = Job.objects.create(
        pk=job_id or uuid4(),
        created_at=at or timezone.now(),
        due_at=due_at,
        exclusive=exclusive,
        name=name,
        kind=kind,
        parent=parent,
        rerun_of=rerun_of,
        created_by=created_by,
        attributes=without_secrets(storable_object(attributes)),
        spec=storable_object(spec),
    )
    if due_at is not None:
        announce_due(job.pk, due_at)
    return job


def start_job(job: Job | UUID, *, worker: str = "", leased: bool = True, at: datetime | None = None) -> bool:
    """pending -> running. The runner of a leased job must `beat`; a job that only reports in has no lease."""
    now = timezone.now()
    return change_job(
        job,
        [statuses.PENDING],
        status=statuses.RUNNING,
        started_at=at or now,
        worker=worker,
        heartbeat_at=now if leased else None,
    )


def claim_job(job_id: UUID, worker: str) -> bool:
    """pending -> running, by a worker that will `beat`.

    False when another worker has the job, it is not due yet, its cancellation was requested, or a job with the same
    `exclusive` is running.
    """
    now = timezone.now()
    try:
        return change_job(
            job_id,
            [statuses.PENDING],
            only_if=due_by(now) & models.Q(cancel_requested_at=None),
            status=statuses.RUNNING,
            started_at=Coalesce("started_at", now),  # a later attempt belongs to the same run
            worker=worker,
            heartbeat_at=now,
        )
    except IntegrityError:  # quaero_job_runs_alone
        return False


def due_by(now: datetime) -> models.Q:
    """Jobs that are due. First attempts ordered for at once are, even if the clock of that process is ahead of ours."""
    return models.Q(due_at__lte=now) | models.Q(attempt=1, due_at__lte=models.F("created_at"))


def retry_job(job: Job | UUID, attempt: int, *, due_at: datetime, only_if: models.Q | None = None) -> bool:
    """running -> pending again: `attempt` has failed, its open steps are ended, the next attempt is due at `due_at`."""
    with transaction.atomic():
        won = change_job(
            job,
            [statuses.RUNNING],
            only_if=models.Q(attempt=attempt, cancel_requested_at=None) & (only_if or models.Q()),
            status=statuses.PENDING,
            attempt=attempt + 1,
            due_at=due_at,
            heartbeat_at=None,
            progress=None,
        )
        if won:
            finish_steps(key(job), ENDS_STEPS[statuses.FAILED], timezone.now(), but=statuses.PENDING)
            announce_due(key(job), due_at)
    return won


def finish_job(
    job: Job | UUID,
    status: str,
    *,
    exit_code: int | None = None,
    result: object = None,
    error: str = "",
    only_if: models.Q | None = None,
    at: datetime | None = None,
) -> bool:
    """pending or running -> a terminal status, also of its open steps. Reported progress becomes 100 on completion.

    Call it after the last entry is appended (D4). `only_if` is a further condition on the job's row. Raises
    ValueError for a status that is not terminal.
    """
    if status not in ENDS_STEPS:
        raise ValueError(f"{status!r} does not end a job: use one of {', '.join(ENDS_STEPS)}")
    now = at or timezone.now()
    progress = {"progress": FULL_PROGRESS} if status == statuses.COMPLETED else {}
    with transaction.atomic():
        won = change_job(
            job,
            statuses.ACTIVE,
            only_if=only_if,
            **progress,
            status=status,
            finished_at=now,
            exit_code=exit_code,
            result=storable_json(result),
            error=error,
        )
        if won:
            finish_steps(key(job), ENDS_STEPS[status], now)
            JobSecret.objects.filter(job_id=key(job)).delete()
    return won


def finish_steps(job_id: UUID, ends: Mapping[str, str], at: datetime, but: str = "") -> None:
    """Ends the open steps. `ends`: the new status by the old one; steps with the status `but` stay as they are."""
    for before, after in ends.items():
        if before != but:
            Step.objects.filter(job_id=job_id, status=before).update(status=after, finished_at=at)


def request_cancel(job: Job | UUID) -> bool:
    """Asks a pending or running job to end. Its runner sees the request and ends it as cancelled."""
    return change_job(
        job, statuses.ACTIVE, only_if=models.Q(cancel_requested_at=None), cancel_requested_at=timezone.now()
    )


def beat(job: Job | UUID) -> bool:
    """Renews the lease of a running job; with a Job, of its attempt alone. False: the runner has lost the job."""
    mine = Job.objects.filter(pk=key(job), status=statuses.RUNNING)
    if isinstance(job, Job):
        mine = mine.filter(attempt=job.attempt)
    return bool(mine.update(heartbeat_at=timezone.now()))


def set_progress(job: Job | UUID, percent: float) -> bool:
    """Sets the progress of a running job, 0 to 100. Raises ValueError outside of that."""
    if not 0 <= percent <= 100:
        raise ValueError(f"progress is {percent!r}: it must be from 0 to 100")
    return change_job(job, [statuses.RUNNING], progress=float(percent))


def add_step(
    job: Job | UUID,
    name: str,
    *,
    status: str = statuses.RUNNING,
    step_id: UUID | None = None,
    at: datetime | None = None,
) -> Step:
    """A new last step of the job, running unless `status` says otherwise. Raises NoSuchJob."""
    started_at = (at or timezone.now()) if status == statuses.RUNNING else None
    return Step.objects.create(pk=step_id or uuid4(), job_id=key(job), name=name, status=status, started_at=started_at)


def start_step(step: Step) -> bool:
    """pending -> running."""
    return change_step(step, [statuses.PENDING], status=statuses.RUNNING, started_at=timezone.now())


def finish_step(step: Step, status: str, *, error: str = "", at: datetime | None = None) -> bool:
    """pending or running -> a terminal status, else ValueError; `error` is the reason of a failure."""
    if status not in statuses.TERMINAL:
        raise ValueError(f"{status!r} does not end a step: use one of {', '.join(sorted(statuses.TERMINAL))}")
    finished_at, error = at or timezone.now(), shortened(error, MAX_STEP_ERROR_CHARACTERS)
    return change_step(step, statuses.ACTIVE, status=status, finished_at=finished_at, error=error)


def delete_job(job: Job) -> bool:
    """Deletes a job that does not run, with its entries; whether it did. `job` loses its id. Raises JobIsRunning."""
    if Job.objects.filter(pk=job.pk, status=statuses.RUNNING).exists():
        raise JobIsRunning(f"{job.name} is running: cancel it first")
    return job.delete()[1].get(Job._meta.label, 0) == 1


def change_job(
    job: Job | UUID, allowed: tuple[str, ...] | list[str], only_if: models.Q | None = None, **values: Any
) -> bool:
    """Updates the job if its status is one of `allowed`, and sends `job_changed`. Returns whether it did."""
    job_id = key(job)
    matching = Job.objects.filter(only_if or models.Q(), pk=job_id, status__in=allowed)
    with transaction.atomic():
        won = matching.update(**values, revision=models.F("revision") + 1, updated_at=timezone.now()) == 1
        if won:
            announce(job_id)
    return won


def change_step(step: Step, allowed: tuple[str, ...] | list[str], **values: Any) -> bool:
    """Updates the step if its status is one of `allowed`, and sends `job_changed`. Returns whether it did."""
    with transaction.atomic():
        # The job's row first, then the step's: the order in which every writer locks them.
        touch(step.job_id)
        won = Step.objects.filter(pk=step.pk, status__in=allowed).update(**values) == 1
        if won:
            announce(step.job_id)
        else:
            transaction.set_rollback(True)
    return won


def announce(job_id: UUID) -> None:
    transaction.on_commit(lambda: signals.job_changed.send_robust(sender=Job, job_id=job_id), robust=True)


def announce_due(job_id: UUID, due_at: datetime) -> None:
    transaction.on_commit(lambda: signals.job_due.send_robust(sender=Job, job_id=job_id, due_at=due_at), robust=True)


def key(job: Job | UUID) -> UUID:
    """The id of a job, or the id that was given."""
    return job.pk if isinstance(job, Job) else job
