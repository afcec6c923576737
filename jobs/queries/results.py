"""The outcome of a run for the API: its status, result and last entries."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from jobs import statuses
from jobs.models import EntryRecord, Job
from jobs.queries.log import END, Log, Position

LAST_LOGS = 1_000
MAX_PAGES = 16  # of 1 MiB of text each: the most that one answer holds


class PlainEntry(msgspec.Struct, gc=False):
    """An entry in a result and in a plain stream: three of its members."""

    timestamp: str
    level: str
    message: str


class TypedValue(msgspec.Struct):
    """A run's result and its type."""

    value: object
    type: str  # in JSON's words: number, string, boolean, object, array, null


class Running(msgspec.Struct):
    """A run that has not ended, or has not begun."""

    http_status: ClassVar[int] = 202
    meaning: ClassVar[str] = "it has not ended"

    execution_id: str
    progress: float | None  # percent, where the run reports it
    logs: list[PlainEntry]
    status: str = "running"


class Completed(msgspec.Struct):
    meaning: ClassVar[str] = "it has completed"

    execution_id: str
    progress: float | None
    result: TypedValue
    logs: list[PlainEntry]
    status: str = "completed"


class Cancelled(msgspec.Struct):
    meaning: ClassVar[str] = "it was cancelled"

    execution_id: str
    progress: float | None
    logs: list[PlainEntry]
    error: str
    status: str = "cancelled"


class Failed(msgspec.Struct):
    """A run that has failed, in the shape of the API's errors."""

    http_status: ClassVar[int] = 500
    meaning: ClassVar[str] = "it has failed"

    execution_id: str
    progress: float | None
    error: str
    logs: list[PlainEntry]
    detail: dict[str, object]
    status: str = "error"
    code: str = "run_failed"


ResultAnswer = Running | Completed | Cancelled | Failed


def result_of(job: Job) -> ResultAnswer:
    """The job's state with its last 1,000 entries, read after its row: an answer with the end has all of them."""
    job_id = str(job.pk)
    logs = last_logs(job)
    if job.status == statuses.COMPLETED:
        return Completed(job_id, job.progress, TypedValue(job.result, json_type(job.result)), logs)
    if job.status == statuses.CANCELLED:
        return Cancelled(job_id, job.progress, logs, job.error)
    if job.status == statuses.FAILED:
        detail: dict[str, object] = {"exit_code": job.exit_code, "attempt": job.attempt}
        return Failed(job_id, job.progress, job.error or "failed", logs, detail)
    return Running(job_id, job.progress, logs)


def last_logs(job: Job) -> list[PlainEntry]:
    """The job's last LAST_LOGS entries, oldest first; fewer where they are large."""
    log, records, end = Log(job.pk), list[EntryRecord](), END
    for _ in range(MAX_PAGES):
        page = log.last(LAST_LOGS - len(records), end=end)
        records = page.records + records
        if len(records) == LAST_LOGS or not page.has_more:
            break
        end = Position(page.records[0].line - 1, page.records[0].id - 1)
    return [PlainEntry(record.timestamp, record.level, record.message) for record in records]


def json_type(value: object) -> str:
    """JSON's word for the type of a value of JSON data."""
    if value is None:
        return "null"
    for name, kinds in (("boolean", bool), ("number", (int, float)), ("string", str), ("array", list)):
        if isinstance(value, kinds):
            return name
    return "object"
