"""Deleting jobs from the admin: counters for the confirmation, `operations.delete` for the deletion.

Django would load every entry of the chosen jobs for the confirmation, and delete all of them in one transaction, during
which no other process could write.
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

MOST_JOBS = 1_000  # at once: a job takes some milliseconds, and a million entries a few seconds
JOBS_NAMED = 100
LONGEST_LINE = 120


class Deletion(NamedTuple):
    """What a deletion would delete."""

    lines: list[str | SafeString]  # one for each job, up to JOBS_NAMED
    counts: dict[str, str]  # by kind of row


def deletion_of(jobs: Sequence[Job]) -> Deletion:
    """The deletion of the jobs and their descendants. A query for each generation, none for entries."""
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
    """Deletes the jobs with their descendants. Returns the deleted jobs, which keep their ids, and those that were not
    deleted because they or a descendant run.
    """
    deleted, running = [], []
    for job in jobs:
        try:
            operations.delete(copy(job), by)  # a deleted object loses its id, which the admin's history needs
        except JobIsRunning:
            running.append(job)
            continue
        except NoSuchJob:
            pass  # it was deleted with its parent, which was chosen too
        deleted.append(job)
    return deleted, running
