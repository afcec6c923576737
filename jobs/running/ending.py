"""The end of an attempt at a run: the job's end, or, where retries are declared, the beginning of the next attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs import lifecycle, recording, statuses
from jobs.models import Job
from jobs.recording import NewEntry
from jobs.running.ordering.specs import NotARun, spec_of
from jobs.terms.outcome import Outcome
from jobs.terms.streams import SYSTEM

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 2.0, 300.0


def end_attempt(job: Job, outcome: Outcome, entries: Sequence[NewEntry] = (), only_if: Q | None = None) -> bool:
    """Records the end of the attempt of `job`, after the `entries` (D4). False when it was not ours any more.

    A failure with retries left makes the job pending again, due after a wait that doubles with each attempt.
    """
    only_if = Q(attempt=job.attempt) & (only_if or Q())
    with transaction.atomic():
        recording.append(job, entries)
        won = retried(job, outcome, only_if) or lifecycle.finish_job(
            job,
            outcome.status,
            exit_code=outcome.exit_code,
            result=outcome.result,
            error=outcome.error,
            only_if=only_if,
        )
        if not won:
            transaction.set_rollback(True)
        elif job.exclusive:
            announce_next(job.exclusive)
    return won


def retried(job: Job, outcome: Outcome, only_if: Q) -> bool:
    attempts = attempts_of(job)
    if outcome.status != statuses.FAILED or job.attempt >= attempts:
        return False
    wait_s = backoff_s(job.attempt)
    if not lifecycle.retry_job(job, job.attempt, due_at=timezone.now() + timedelta(seconds=wait_s), only_if=only_if):
        return False
    text = f"attempt {job.attempt} of {attempts} has failed ({outcome.error}): the next one begins in {wait_s:g} s"
    recording.append(job, [NewEntry(text, "warn", stream=SYSTEM)])
    return True


def attempts_of(job: Job) -> int:
    try:
        return 1 + spec_of(job).retries
    except NotARun:
        return 1


def backoff_s(attempt: int) -> float:
    return float(min(FIRST_BACKOFF_S * 2 ** min(attempt - 1, 20), LONGEST_BACKOFF_S))


def announce_next(exclusive: str) -> None:
    """Lets the workers know of the job that has waited longest for one of its kind to end."""
    now = timezone.now()
    waiting = Job.objects.filter(lifecycle.due_by(now), exclusive=exclusive, status=statuses.PENDING)
    job_id = waiting.order_by("due_at").values_list("pk", flat=True).first()
    if job_id is not None:
        lifecycle.announce_due(job_id, now)
