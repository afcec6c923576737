"""The step: a named, ordered part of a job."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models

from jobs import statuses
from jobs.models.counters import COLUMN_NAMES, LevelCounters
from jobs.models.fields import StorableCharField, StorableTextField
from jobs.models.job import Job, touch
from jobs.models.protected import ProtectedSave
from jobs.storable import MAX_NAME_CHARACTERS

OF_THE_JOB = models.Subquery(Job.objects.filter(pk=models.OuterRef("job")).values("revision"))


class StepQuerySet(models.QuerySet["Step"]):
    def update(self, **values: Any) -> int:
        """Marks the steps as changed at the job's revision, which the caller raises in the same transaction."""
        return super().update(**{"revision": OF_THE_JOB, **values})


class Step(LevelCounters, ProtectedSave):
    never_saved: ClassVar[frozenset[str]] = frozenset({"status", "revision", *COLUMN_NAMES})
    saved_when_named: ClassVar[frozenset[str]] = frozenset({"started_at", "finished_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    name = StorableCharField(max_length=MAX_NAME_CHARACTERS)
    position = models.PositiveIntegerField(blank=True)  # left out: after the last
    status = models.CharField(max_length=16, choices=statuses.STEP_CHOICES, default=statuses.PENDING)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = StorableTextField(blank=True, default="")
    # The job's revision at the step's last change: readers of thousands of steps ask for the changed ones only.
    revision = models.BigIntegerField(default=0, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["job", "position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="quaero_step_position")]
        indexes = [models.Index(fields=["job", "revision"], name="quaero_step_changed")]

    def __str__(self) -> str:
        return str(self.name)

    def before_insert(self, using: str) -> None:
        touch(self.job_id, using)  # locks the job's row, so that two new steps get two positions
        self.revision = Job.objects.using(using).values_list("revision", flat=True).get(pk=self.job_id)
        if self.position is None:
            steps = Step.objects.using(using).filter(job=self.job_id)
            last = steps.aggregate(last=models.Max("position"))["last"]
            self.position = 0 if last is None else last + 1

    def after_change(self, using: str) -> None:
        touch(self.job_id, using)
        Step.objects.using(using).filter(pk=self.pk).update()
