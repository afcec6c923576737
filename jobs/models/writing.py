"""Writes entries to the table as fast as the database takes them (D1). Every way to store entries uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any, cast
from uuid import UUID

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from jobs import signals
from jobs.models.job import Job
from jobs.models.lines import TakenLines, take_lines
from jobs.models.record import AppendedBatch, EntryColumns
from jobs.models.step import Step

COLUMN_NAMES = ("job_id", "line", "step_id", "timestamp", "level", "stream", "source", "message", "ansi", "fields")
WIDTH = len(COLUMN_NAMES)
# Many rows a statement: the driver releases the interpreter's lock for each statement, and gets it back late while
# other threads are busy. 50 rows of 10 values stay under the 999 parameters of older SQLite.
ROWS_A_STATEMENT = 50


def insert_sql(rows: int) -> str:
    row = f"({', '.join(['%s'] * WIDTH)})"
    return f"INSERT INTO quaero_jobs_logentry ({', '.join(COLUMN_NAMES)}) VALUES {', '.join([row] * rows)}"  # noqa: S608


INSERT_ONE = insert_sql(1)
INSERT_MANY = insert_sql(ROWS_A_STATEMENT)


def write_columns(using: str, job_id: UUID, columns: EntryColumns) -> AppendedBatch:
    """Stores the entries as the job's next lines in one transaction, and sends `entries_appended` when it commits.

    Raises NoSuchJob and StepOfAnotherJob; then nothing is stored.
    """
    counts = Counter(columns.levels)
    steps = counts_by_step(columns)
    with transaction.atomic(using=using):
        taken = take_lines(using, job_id, counts, steps)
        ids = insert_rows(connections[using], job_id, taken, columns)
        batch = AppendedBatch(
            job_id, taken.job_name, taken.job_status, taken.job_revision, taken.first_line, ids,
            taken.counts, taken.steps, columns,
        )  # fmt: skip
        transaction.on_commit(lambda: send_appended(batch), using=using, robust=True)
    return batch


def send_appended(batch: AppendedBatch) -> None:
    signals.entries_appended.send_robust(sender=Job, batch=batch)


def counts_by_step(columns: EntryColumns) -> dict[UUID, Counter[int]]:
    """The number of entries by step and level; entries without a step are left out."""
    if isinstance(columns.steps, repeat_none):
        return {}
    steps: dict[UUID, Counter[int]] = {}
    for (step, level), count in Counter(zip(columns.steps, columns.levels, strict=True)).items():
        if isinstance(step, UUID):
            steps.setdefault(step, Counter())[level] = count
    return steps


class repeat_none(Sequence[None]):
    """`length` times None, without a list of them."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[None]:
        return repeat(None, self.length)

    def __getitem__(self, index: object) -> None:  # type: ignore[override]
        return None


def insert_rows(
    connection: BaseDatabaseWrapper, job_id: UUID, taken: TakenLines, columns: EntryColumns
) -> Sequence[int]:
    """Inserts the rows and returns their ids, which rise with the lines."""
    count = len(columns.messages)
    rows = zip(
        repeat(Job._meta.pk.get_db_prep_value(job_id, connection), count),
        range(taken.first_line, taken.first_line + count),
        step_keys(connection, columns.steps),
        columns.timestamps, columns.levels, columns.streams, columns.sources,
        columns.messages, columns.ansis, columns.fields, strict=True,
    )  # fmt: skip
    with connection.cursor() as cursor:
        values = chain.from_iterable(rows)
        whole, rest = divmod(count, ROWS_A_STATEMENT)
        execute_many(cursor, INSERT_MANY, values, ROWS_A_STATEMENT * WIDTH, whole)
        execute_many(cursor, INSERT_ONE, values, WIDTH, rest)
        # `cursor.lastrowid` is None after executemany. This transaction has the write lock: the ids are consecutive.
        cursor.execute("SELECT last_insert_rowid()")
        last_id = cursor.fetchone()[0]
    return range(last_id - count + 1, last_id + 1)


def execute_many(cursor: CursorWrapper, sql: str, values: Iterator[object], width: int, times: int) -> None:
    """Executes `sql` `times` times, each with the next `width` values."""
    if times:
        parameters = (tuple(islice(values, width)) for _ in range(times))
        # A list would double the memory; drivers accept an iterator, though the stubs do not say so.
        cursor.executemany(sql, cast(Sequence[Any], parameters))


def step_keys(connection: BaseDatabaseWrapper, steps: Sequence[object]) -> Sequence[object]:
    """The steps' ids as the database takes them."""
    if isinstance(steps, repeat_none):
        return steps
    keys = {step: Step._meta.pk.get_db_prep_value(step, connection) for step in set(steps)}
    return [keys[step] for step in steps]
