"""What became of runs, as the API tells it: results, last logs, history."""

from __future__ import annotations

import msgspec

from jobs import statuses
from jobs.models import EntryRecord, Job
from jobs.queries.log import END, Log, Position

LAST_LOGS = 1_000
MAX_PAGES = 16  # of a MiB of text each: all that an answer holds


# What a few lines in any language can read.
class PlainEntry(msgspec.Struct, gc=False):
    timestamp: str
    level: str
    message: str


class Value(msgspec.Struct):
    value: object
    type: str  # in JSON's words: number, string, boolean, object, array, null


class Running(msgspec.Struct):
    """A run that has not ended, or has not begun."""

    execution_id: str
    progress: float | None  # percent, where the run tells it
    logs: list[PlainEntry]
    status: str = "running"


class Completed(msgspec.Struct):
    execution_id: str
    progress: float | None
    result: Value
    logs: list[PlainEntry]
    status: str = "completed"


class Cancelled(msgspec.Struct):
    execution_id: str
    progress: float | None
    logs: list[PlainEntry]
    error: str
    status: str = "cancelled"


class Failed(msgspec.Struct):
    """A run that has failed, in the shape of all errors."""

    execution_id: str
    progress: float | None
    error: str
    logs: list[PlainEntry]
    detail: dict[str, object]
    status: str = "error"
    code: str = "run_failed"


ResultAnswer = Running | Completed | Cancelled | Failed

HTTP_STATUS: dict[type[ResultAnswer], int] = {Running: 202, Completed: 200, Cancelled: 200, Failed: 500}


def result_of(job: Job) -> ResultAnswer:
    """How the job stands, with its last 1,000 entries, read after its row: an end is told with all of them."""
    job_id = str(job.pk)
    logs = last_logs(job)
    if job.status == statuses.COMPLETED:
        return Completed(job_id, job.progress, Value(job.result, json_type(job.result)), logs)
    if job.status == statuses.CANCELLED:
        return Cancelled(job_id, job.progress, logs, job.error)
    if job.status == statuses.FAILED:
        detail: dict[str, object] = {"exit_code": job.exit_code, "attempt": job.attempt}
        return Failed(job_id, job.progress, job.error or "failed", logs, detail)
    return Running(job_id, job.progress, logs)


def last_logs(job: Job) -> list[PlainEntry]:
    """Its last entries, oldest first. Fewer than LAST_LOGS where they are large."""
    log, records, end = Log(job.pk), list[EntryRecord](), END
    for _ in range(MAX_PAGES):
        page = log.last(LAST_LOGS - len(records), end=end)
        records = page.records + records
        if len(records) == LAST_LOGS or not page.has_more:
            break
        end = Position(page.records[0].line - 1, page.records[0].id - 1)
    return [PlainEntry(record.timestamp, record.level, record.message) for record in records]


def json_type(value: object) -> str:
    if value is None:
        return "null"
    for name, kinds in (("boolean", bool), ("number", (int, float)), ("string", str), ("array", list)):
        if isinstance(value, kinds):
            return name
    return "object"
