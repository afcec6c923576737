"""The job: one run of something."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone

from jobs import signals, statuses
from jobs.errors import NotFound
from jobs.models.counters import COLUMN_NAMES, LevelCounters
from jobs.models.fields import StorableCharField, StorableJSONField, StorableTextField
from jobs.models.protected import ProtectedSave
from jobs.storable import MAX_NAME_CHARACTERS

# The one reserved job: it holds Quaero's own log records and is never listed among jobs.
SERVICE_JOB_ID = uuid.UUID("00000000-0000-4000-8000-000000000001")
SERVICE_KIND = "service"


class NoSuchJob(NotFound, LookupError):
    """The job does not exist (any more)."""

    code = "no_such_job"


class JobQuerySet(models.QuerySet["Job"]):
    def listed(self) -> JobQuerySet:
        """The jobs of lists and counts: all but the service job."""
        return self.exclude(pk=SERVICE_JOB_ID)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes each job the way `Job.delete` does: its entries in chunks, then itself."""
        deleted = 0
        for job in self.only("pk"):
            deleted += job.delete()[0]
        return deleted, {Job._meta.label: deleted}


LARGE_COLUMNS = ("spec", "result")  # what may be large, and is not wanted where there are many jobs


class Job(LevelCounters, ProtectedSave):
    never_saved: ClassVar[frozenset[str]] = frozenset(
        {"status", "last_line", "revision", "pruned_to_id", "created_at", "updated_at", *COLUMN_NAMES}
    )
    saved_when_named: ClassVar[frozenset[str]] = frozenset(
        {"started_at", "finished_at", "heartbeat_at", "cancel_requested_at", "attempt", "worker", "due_at", "exclusive"}
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = StorableCharField(max_length=MAX_NAME_CHARACTERS)
    kind = models.SlugField(max_length=64, default="job", db_index=False)
    status = models.CharField(max_length=16, choices=statuses.JOB_CHOICES, default=statuses.PENDING)
    progress = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)])
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    rerun_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reruns")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attributes = StorableJSONField(default=dict, blank=True)
    spec = StorableJSONField(default=dict, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    worker = StorableCharField(max_length=255, blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True, editable=False)  # None: workers do not take it
    # Of the jobs with the same value here, one runs at a time; empty: no such limit.
    exclusive = StorableCharField(max_length=255, blank=True, default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    exit_code = models.IntegerField(null=True, blank=True)
    result = StorableJSONField(null=True, blank=True)
    error = StorableTextField(blank=True, default="")
    last_line = models.BigIntegerField(default=0, editable=False)
    revision = models.BigIntegerField(default=1, editable=False)
    pruned_to_id = models.BigIntegerField(default=0, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            # Status and name are in the indexes too: searches in names and counts by status then read no rows.
            models.Index(fields=["-created_at", "-id", "status", "name"], name="quaero_job_newest"),
            models.Index(fields=["status", "-created_at", "-id", "name"], name="quaero_job_newest_by_status"),
            models.Index(fields=["kind", "-created_at", "-id", "status", "name"], name="quaero_job_newest_by_kind"),
            models.Index(fields=["name", "-created_at"], name="quaero_job_newest_by_name"),
        ]
        constraints = [
            # Two workers cannot both begin a job with the same `exclusive`, whatever either of them has read.
            models.UniqueConstraint(
                fields=["exclusive"],
                condition=models.Q(status=statuses.RUNNING) & ~models.Q(exclusive=""),
                name="quaero_job_runs_alone",
            )
        ]
        permissions = [
            ("operate_job", "Can cancel, rerun and delete jobs, and add to their logs"),
            ("run_program", "Can run programs and registered jobs"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_finished(self) -> bool:
        return self.status in statuses.TERMINAL

    def after_change(self, using: str) -> None:
        touch(self.pk, using)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Deletes the job with its entries: oldest first and in chunks, so that no writer waits long."""
        self.entries.all().delete_with_job()
        with transaction.atomic():
            list(Job.objects.select_for_update().filter(pk=self.pk).values("pk"))
            self.entries.all().delete_with_job()  # entries that were appended meanwhile
            self.steps.all().delete()
            DeletedJob.objects.get_or_create(pk=self.pk)
            job_id = self.pk
            deleted = super().delete(*args, **options)
            transaction.on_commit(lambda: signals.job_deleted.send_robust(sender=Job, job_id=job_id), robust=True)
        return deleted


class DeletedJob(models.Model):
    """A note that a job was deleted, for other processes that show the job: they find this row, not a missing one."""

    job_id = models.UUIDField(primary_key=True)
    deleted_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.job_id)


def touch(job_id: uuid.UUID, using: str | None = None) -> None:
    """Counts a change of the job or of its steps: revision + 1, `updated_at` now. Raises NoSuchJob."""
    changed = (
        Job.objects.using(using).filter(pk=job_id).update(revision=models.F("revision") + 1, updated_at=timezone.now())
    )
    if not changed:
        raise NoSuchJob(f"there is no job {job_id}")
