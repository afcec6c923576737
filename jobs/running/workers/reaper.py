"""Finds jobs whose runner is gone, by its silence or by its absence, and ends or retries them (D8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobs import lifecycle, recording, statuses
from jobs.models import SERVICE_JOB_ID, Job, NoSuchJob, Worker
from jobs.recording import NewEntry
from jobs.running.ending import end_attempt
from jobs.running.processes.cgroups import remove_cgroups_of
from jobs.running.processes.machine import machine_id
from jobs.running.processes.scratch import remove_scratch_of
from jobs.running.processes.strays import kill_strays
from jobs.running.workers.liveness import is_gone
from jobs.terms.outcome import Outcome
from jobs.terms.streams import SYSTEM

LOST = "lost its process"


def heartbeats() -> dict[UUID, datetime]:
    """The last heartbeats of the running jobs, by clocks that may be any.

    Jobs without a lease (`heartbeat_at` NULL: they report in from elsewhere) are not among them.
    """
    running = Job.objects.listed().filter(status=statuses.RUNNING).values_list("pk", "heartbeat_at")
    return {job_id: heartbeat_at for job_id, heartbeat_at in running if heartbeat_at is not None}


def fail_silent_jobs(silent: Mapping[UUID, datetime]) -> list[UUID]:
    """Ends the attempts at these running jobs, unless there was a heartbeat since then; returns the jobs. Those that
    declare retries are tried again, the others have failed.

    Any number of processes may do this at once: one of them wins each job.
    """
    lost: list[UUID] = []
    for job_id, heartbeat_at in silent.items():
        still = Q(heartbeat_at=heartbeat_at)
        job = Job.objects.filter(still, pk=job_id, status=statuses.RUNNING).first()
        if job is not None and fail_lost_job(job, still):
            log_loss(job, f"no heartbeat came for {lifecycle.LEASE_S:g} s")
            lost.append(job_id)
    return lost


def fail_jobs_of_gone_workers() -> list[UUID]:
    """The same, of jobs whose worker is known to be no more; forgets such workers."""
    running = Job.objects.filter(status=statuses.RUNNING)
    lost: list[UUID] = []
    for worker in gone_workers():
        theirs = Q(worker=worker.name, heartbeat_at__isnull=False)
        why = f"its worker {worker.name} is gone"
        ended = [job for job in running.filter(theirs) if fail_lost_job(job, theirs)]
        is_forgotten = bool(Worker.objects.filter(pk=worker.pk).delete()[0])
        lost += [job.pk for job in ended]
        for job in ended:
            log_loss(job, why)
        if is_forgotten:
            log(f"Worker {worker.name} is gone, without having said so")
    return lost


def gone_workers() -> list[Worker]:
    """Those of this machine whose process is not there any more: that is known at once."""
    return [worker for worker in Worker.objects.filter(machine=machine_id()) if is_gone(worker)]


def fail_lost_job(job: Job, still: Q) -> bool:
    """Ends the attempt, with an entry that says so, unless there was a heartbeat, or it has ended meanwhile."""
    entry = NewEntry(LOST, level="error", stream=SYSTEM)
    try:
        # The entry is written before the status and undone with it: a process that loses the race leaves none behind.
        # A job that was asked to end has ended, if not as was meant.
        status = statuses.FAILED if job.cancel_requested_at is None else statuses.CANCELLED
        with transaction.atomic():
            won = end_attempt(job, Outcome(status, None, LOST), [entry], still & Q(status=statuses.RUNNING))
            if won and job.due_at is not None:  # within the transaction: no next attempt can have begun
                remove_cgroups_of(str(job.pk))
                kill_strays(str(job.pk))
    except NoSuchJob:
        return False
    if won:
        remove_scratch_of(job.pk)
    return won


def log_loss(job: Job, why: str) -> None:
    status = Job.objects.filter(pk=job.pk).values_list("status", flat=True).first()
    outcome = f"has {status}" if status in statuses.TERMINAL else "is tried again"
    log(f"{job.name} ({job.pk}) {LOST} and {outcome}: {why}")


def log(news: str) -> None:
    """Into the service log; not by logging, as any command that waits for a job may find the loss."""
    recording.append(SERVICE_JOB_ID, [NewEntry(news, "warn", stream=SYSTEM)])
