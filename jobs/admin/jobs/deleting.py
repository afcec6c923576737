"""Deleting jobs from the admin: asked with counters, done as everywhere by `operations.delete`.

Django's own way would load every entry of the chosen jobs to ask whether they may go, and delete in one
transaction, during which nobody else could write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import NamedTuple

from django.utils.safestring import SafeString

from jobs import operations
from jobs.admin.cells import number, shortened
from jobs.lifecycle import JobIsRunning
from jobs.models import Job, NoSuchJob, Step
from jobs.queries.families import descendants

MOST_JOBS = 1_000  # at once: each takes some milliseconds, and its entries a few seconds a million
JOBS_NAMED = 100
LONGEST_LINE = 120


class Deletion(NamedTuple):
    """What a deletion would take away."""

    lines: list[str | SafeString]  # a job each, up to JOBS_NAMED
    counts: dict[str, str]  # by what they are


def deletion_of(jobs: Sequence[Job]) -> Deletion:
    """With what the jobs have spawned. In a query for each generation, whatever they have logged."""
    jobs = [*jobs, *descendants(*(job.pk for job in jobs))]
    lines: list[str | SafeString] = [line_of(job) for job in jobs[:JOBS_NAMED]]
    if len(jobs) > JOBS_NAMED:
        lines.append(f"… and {number(len(jobs) - JOBS_NAMED)} more")
    steps = Step.objects.filter(job__in=[job.pk for job in jobs]).count()
    entries = sum(job.counts["total"] for job in jobs)
    return Deletion(lines, {"jobs": number(len(jobs)), "steps": number(steps), "log entries": number(entries)})


def line_of(job: Job) -> SafeString:
    return shortened(f"{number(job.counts['total'])} log entries: {job.name}", LONGEST_LINE)


def delete_jobs(jobs: Iterable[Job], by: str) -> tuple[list[Job], list[Job]]:
    """Deletes those that do not run, with what they have spawned. Gives the deleted, which keep their ids, and those
    that run, they or one of theirs, and stay.
    """
    deleted, running = [], []
    for job in jobs:
        try:
            operations.delete(copy(job), by)  # what is deleted loses its id, and the history needs it
        except JobIsRunning:
            running.append(job)
            continue
        except NoSuchJob:
            pass  # it went with its parent, which was chosen too
        deleted.append(job)
    return deleted, running
