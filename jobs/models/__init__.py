"""The domain's tables: one concept a file."""

from jobs.models.counters import COLUMN_NAMES, LevelCounters, counts_by_name
from jobs.models.entry import EntryIsImmutable, LogEntry
from jobs.models.job import SERVICE_JOB_ID, SERVICE_KIND, DeletedJob, Job, NoSuchJob
from jobs.models.lines import StepOfAnotherJob
from jobs.models.new_entry import NewEntry
from jobs.models.record import AppendedBatch, EntryColumns, EntryRecord
from jobs.models.secret import JobSecret
from jobs.models.step import Step
from jobs.models.token import SCOPES, Token
from jobs.models.worker import Worker
from jobs.terms.streams import STREAMS

__all__ = [
    "COLUMN_NAMES",
    "SCOPES",
    "SERVICE_JOB_ID",
    "SERVICE_KIND",
    "STREAMS",
    "AppendedBatch",
    "DeletedJob",
    "EntryColumns",
    "EntryIsImmutable",
    "EntryRecord",
    "Job",
    "JobSecret",
    "LevelCounters",
    "LogEntry",
    "NewEntry",
    "NoSuchJob",
    "Step",
    "StepOfAnotherJob",
    "Token",
    "Worker",
    "counts_by_name",
]
