"""Publishes model saves and the domain's signals in the registry (promise D2).

Always after the commit: a feed that is notified must find the news in the database.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_save

from jobs import signals
from jobs.models import AppendedBatch, Job, LogEntry, Step
from logstream.live import publish
from logstream.news import Changed, Deleted, Grown
from logstream.registry import JOBS, SERVICE, job_topic


def connect() -> None:
    """Connects the receivers to the signals. It may be called more than once."""
    signals.entries_appended.connect(on_entries_appended, dispatch_uid="quaero.logstream")
    signals.job_changed.connect(on_job_changed, dispatch_uid="quaero.logstream")
    signals.job_deleted.connect(on_job_deleted, dispatch_uid="quaero.logstream")
    for model in (Job, Step, LogEntry):
        post_save.connect(on_saved, sender=model, dispatch_uid=f"quaero.logstream-{model.__name__}")


def on_entries_appended(sender: object, batch: AppendedBatch, **rest: Any) -> None:
    for topic in (job_topic(batch.job_id), SERVICE, JOBS):
        publish(topic, batch)


def on_job_changed(sender: object, job_id: UUID, **rest: Any) -> None:
    publish(job_topic(job_id), Changed(job_id))
    publish(JOBS, Changed(job_id))


def on_job_deleted(sender: object, job_id: UUID, **rest: Any) -> None:
    publish(job_topic(job_id), Deleted(job_id))
    publish(JOBS, Deleted(job_id))


def on_saved(sender: type[object], instance: Job | Step | LogEntry, using: str, **rest: Any) -> None:
    job_id = instance.pk if isinstance(instance, Job) else instance.job_id
    transaction.on_commit(lambda: on_job_changed(sender, job_id), using=using, robust=True)
    if isinstance(instance, LogEntry):
        transaction.on_commit(lambda: publish(SERVICE, Grown()), using=using, robust=True)
