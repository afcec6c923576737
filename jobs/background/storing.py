"""Brings what travelled through the queue into the database, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from jobs import lifecycle, recording
from jobs.background.items import (
    Entry,
    Flush,
    Gap,
    Item,
    JobEnded,
    JobStarted,
    ProgressMade,
    StepEnded,
    StepStarted,
)
from jobs.models import Job, Step
from jobs.recording import NewEntry
from jobs.secrets.masking import Masker, masked_entry
from jobs.secrets.patterns import configured_masker
from jobs.terms.streams import SYSTEM

SOURCE = "quaero"


@dataclass(slots=True)
class Append:
    """Entries of one job, written together."""

    job: UUID
    entries: list[NewEntry] = field(default_factory=list)


Write = Append | ProgressMade | JobStarted | JobEnded | StepStarted | StepEnded
Work = Write | Flush


def plan(items: Sequence[Item]) -> list[Work]:
    """The fewest writes that keep each job's own order: its entries together up to its next change of state,
    and of its progress the last."""
    masker = configured_masker() or None  # None is the quickest to ask, for each entry
    works: list[Work] = []
    appends: dict[UUID, Append] = {}
    progress: dict[UUID, int] = {}
    for item in items:
        if isinstance(item, (Entry, Gap)):  # three times as fast as `Entry | Gap`, and asked for each record
            append = appends.get(item.job)
            if append is None:
                append = appends[item.job] = Append(item.job)
                works.append(append)
            entry = entry_of(item) if isinstance(item, Entry) else gap_entry(item)
            append.entries.append(entry if masker is None else masked_entry(entry, masker))
        elif isinstance(item, ProgressMade):
            if item.job in progress:
                works[progress[item.job]] = item
            else:
                progress[item.job] = len(works)
                works.append(item)
        else:
            if not isinstance(item, Flush):
                appends.pop(item.job, None)
                progress.pop(item.job, None)
            works.append(item if masker is None else masked_end(item, masker))
    return works


def masked_end(item: JobStarted | JobEnded | StepStarted | StepEnded | Flush, masker: Masker) -> Work:
    return item._replace(error=masker.mask(item.error)) if isinstance(item, JobEnded | StepEnded) else item


def entry_of(item: Entry) -> NewEntry:
    _, step, level, created, stream, source, message, fields = item
    return NewEntry(message, level, moment(created), step, stream, source, fields)


def gap_entry(gap: Gap) -> NewEntry:
    records = "1 record was" if gap.dropped == 1 else f"{gap.dropped:,} records were"
    since, until = moment(gap.created), moment(gap.until)
    fields = {"dropped": gap.dropped, "from": since.isoformat(), "to": until.isoformat()}
    return NewEntry(f"{records} dropped, {span(since, until)}", "warn", since, None, SYSTEM, SOURCE, fields)


def apply(work: Write) -> None:
    """Does one piece of work. Raises what the database raises, NoSuchJob, and what `recording.append` does."""
    match work:
        case Append(job, entries):
            recording.append(job, entries)
        case ProgressMade(job, percent):
            lifecycle.set_progress(job, percent)
        case JobStarted():
            start_job(work)
        case JobEnded(job, status, exit_code, result, error, at):
            lifecycle.finish_job(job, status, exit_code=exit_code, result=result, error=error, at=moment(at))
        case StepStarted(job, step, name, at):
            lifecycle.add_step(job, name, step_id=step, at=moment(at))
        case StepEnded(job, step, status, error, at):
            lifecycle.finish_step(Step(pk=step, job_id=job), status, error=error, at=moment(at))


def start_job(start: JobStarted) -> None:
    # The parent may be one of another database, or deleted: then the job has none, rather than not to be.
    parent = Job.objects.filter(pk=start.parent).first() if start.parent else None
    at = moment(start.at)
    with transaction.atomic():
        lifecycle.create_job(
            start.name, kind=start.kind, parent=parent, attributes=start.attributes, job_id=start.job, at=at
        )
        lifecycle.start_job(start.job, worker=start.worker, at=at)


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def span(since: datetime, until: datetime) -> str:
    begin, end = (moment.isoformat(" ", "seconds").removesuffix("+00:00") for moment in (since, until))
    return f"of {begin} to {end} UTC"
