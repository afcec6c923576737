"""Taking lines: the one place that gives entries their numbers and counts them (D1, D2, D3).

Everything here runs inside the caller's transaction. The job's row is locked first, then the steps' rows in
the order of their keys, so that writers cannot block each other in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connections
from django.utils import timezone

from jobs.errors import Refusal
from jobs.models.counters import COLUMN_NAMES, LEVELS
from jobs.models.job import Job, NoSuchJob
from jobs.models.record import StepState
from jobs.models.step import Step

Counts = Mapping[int, int]  # level number -> how many


class StepOfAnotherJob(Refusal, ValueError):
    """The step does not belong to the job."""

    code = "bad_value"


@dataclass(frozen=True, slots=True)
class TakenLines:
    """The lines that a transaction took, and the job and its steps after that."""

    first_line: int
    job_name: str
    job_status: str
    job_revision: int
    counts: tuple[int, ...]
    steps: dict[UUID, StepState]


_ADD = ", ".join(f"{column} = {column} + %s" for column in COLUMN_NAMES)
_COUNTERS = ", ".join(COLUMN_NAMES)
JOB_SQL = (
    f"UPDATE quaero_jobs_job SET last_line = last_line + %s, {_ADD}, revision = revision + 1, updated_at = %s "  # noqa: S608
    f"WHERE id = %s RETURNING last_line, name, status, revision, {_COUNTERS}"
)
STEP_SQL = (
    f"UPDATE quaero_jobs_step SET {_ADD}, revision = %s WHERE id = %s AND job_id = %s RETURNING name, {_COUNTERS}"  # noqa: S608
)


def take_lines(using: str, job_id: UUID, counts: Counts, steps: Mapping[UUID, Counts]) -> TakenLines:
    """Takes the job's next lines, as many as `counts` has entries, and adds to its counters and those of `steps`.

    Raises NoSuchJob and StepOfAnotherJob; the caller's transaction is to be rolled back then.
    """
    connection = connections[using]
    job_key = Job._meta.pk.get_db_prep_value(job_id, connection)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    taken = sum(counts.values())
    with connection.cursor() as cursor:
        cursor.execute(JOB_SQL, [taken, *by_column(counts), now, job_key])
        row = cursor.fetchone()
        if row is None:
            raise NoSuchJob(f"there is no job {job_id}")
        last_line, name, status, revision, *totals = row
        states: dict[UUID, StepState] = {}
        for step_id in sorted(steps):
            step_key = Step._meta.pk.get_db_prep_value(step_id, connection)
            cursor.execute(STEP_SQL, [*by_column(steps[step_id]), revision, step_key, job_key])
            step_row = cursor.fetchone()
            if step_row is None:
                raise StepOfAnotherJob(f"job {job_id} has no step {step_id}")
            states[step_id] = StepState(step_row[0], tuple(step_row[1:]))
    return TakenLines(last_line - taken + 1, name, status, revision, tuple(totals), states)


def by_column(counts: Counts) -> Sequence[int]:
    return [counts.get(level, 0) for level in LEVELS]
