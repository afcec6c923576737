"""Finds the job or step that a word on the command line names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db.models import QuerySet

from jobs.configuration.command_name import command_name
from jobs.errors import NotFound
from jobs.models import Job, Step
from jobs.models.job import JobQuerySet
from jobs.models.record import wire_time
from jobs.queries.families import members
from jobs.queries.job_list import NEWEST_FIRST
from jobs.storable import storable_text
from jobs.terminal.safe_text import plain_name

DIGITS = re.compile("[0-9a-f]{4,32}")
MOST_CANDIDATES = 10


class NotChosen(NotFound, LookupError):
    """The word names no job or step, or several. The text lists what there is, and is safe for a terminal."""


def job_called(word: str) -> Job:
    """The job with this id, else with an id that begins so, else the latest with this name. Raises NotChosen."""
    job = job_with_id(word) or job_with_prefix(word) or jobs_named(word).first()
    if job is None:
        raise NotChosen(
            f"there is no job {shown(word)}: give an id, the beginning of one (4 digits or more), or a name"
        )
    return job


def latest_job() -> Job:
    """The newest job. Raises NotChosen when there is none at all."""
    job = Job.objects.listed().order_by(*NEWEST_FIRST).first()
    if job is None:
        raise NotChosen(f"there are no jobs yet: `{command_name()} runjob -- COMMAND` makes one")
    return job


def job_with_id(word: str) -> Job | None:
    """The job with this UUID, in any of its spellings; None for other words."""
    with suppress(ValueError):
        return Job.objects.filter(pk=UUID(word)).first()
    return None


def job_with_prefix(word: str) -> Job | None:
    """The one job whose id begins with `word`. Raises NotChosen when there are several."""
    digits = prefix_digits(word)
    if digits is None:
        return None
    first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    jobs = list(Job.objects.listed().filter(pk__gte=first, pk__lte=last).order_by(*NEWEST_FIRST)[:MOST_CANDIDATES])
    if len(jobs) > 1:
        candidates = {job.pk: job_line(job) for job in (*jobs, *jobs_named(word)[:1])}
        raise NotChosen(f"several jobs have an id that begins with {shown(word)}:\n{listed(list(candidates.values()))}")
    return jobs[0] if jobs else None


def prefix_digits(word: str) -> str | None:
    """The digits of an id's beginning, with or without its dashes; None for a word that is no such beginning."""
    word = word.lower()
    digits = word.replace("-", "")
    if not DIGITS.fullmatch(digits):
        return None
    dashed = str(UUID(digits.ljust(32, "0")))
    return digits if word in (digits, dashed[: len(word)]) else None


def jobs_named(word: str) -> JobQuerySet:
    """The jobs with exactly this name, newest first."""
    return Job.objects.listed().filter(name=storable_text(word)).order_by(*NEWEST_FIRST)


def step_called(job: Job, word: str, *, with_children: bool = False) -> Step:
    """The step of the job, or of one of its descendants, with this id or name.

    Raises NotChosen, also for a name that several steps have.
    """
    steps = list(steps_of(job, with_children))
    found = [step for step in steps if str(step.pk) == word.lower()]
    found = found or [step for step in steps if step.name == storable_text(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotChosen(f"several steps are called {shown(word)}, use an id:\n{listed(list(map(step_line, found)))}")
    there = f"it has\n{listed(list(map(step_line, steps)))}" if steps else "it has no steps"
    raise NotChosen(f"the job has no step {shown(word)}: {there}")


def steps_of(job: Job, with_children: bool) -> QuerySet[Step]:
    if not with_children:
        return job.steps.order_by("position")
    return Step.objects.filter(job__in=members(job.pk)).order_by("job__created_at", "job", "position")


def job_line(job: Job) -> str:
    return f"{job.pk}  {job.status:<9}  {wire_time(job.created_at)[:19]}Z  {plain_name(job.name)}"


def step_line(step: Step) -> str:
    return f"{step.pk}  {step.status:<9}  {plain_name(step.name)}"


def listed(lines: Sequence[str]) -> str:
    """The lines indented, MOST_CANDIDATES at most."""
    left_out = ["  ..."] if len(lines) > MOST_CANDIDATES else []
    return "\n".join([*(f"  {line}" for line in lines[:MOST_CANDIDATES]), *left_out])


def shown(word: str) -> str:
    return f"'{plain_name(word[:100])}'"
