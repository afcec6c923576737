"""The step: a named, ordered part of a job."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from jobs import statuses
from jobs.models.counters import COLUMN_NAMES, LevelCounters
from jobs.models.fields import StorableCharField, StorableTextField
from jobs.models.job import Job, touch
from jobs.models.protected import ProtectedSave


class Step(LevelCounters, ProtectedSave):
    never_saved: ClassVar[frozenset[str]] = frozenset({"status", *COLUMN_NAMES})
    saved_when_named: ClassVar[frozenset[str]] = frozenset({"started_at", "finished_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    name = StorableCharField(max_length=255)
    position = models.PositiveIntegerField(blank=True)  # left out: after the last
    status = models.CharField(max_length=16, choices=statuses.STEP_CHOICES, default=statuses.PENDING)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = StorableTextField(blank=True, default="")

    class Meta:
        ordering = ["job", "position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="step_position")]

    def __str__(self) -> str:
        return str(self.name)

    def before_insert(self, using: str) -> None:
        touch(self.job_id, using)  # locks the job's row, so that two new steps get two positions
        if self.position is None:
            steps = Step.objects.using(using).filter(job=self.job_id)
            last = steps.aggregate(last=models.Max("position"))["last"]
            self.position = 0 if last is None else last + 1

    def after_change(self, using: str) -> None:
        touch(self.job_id, using)
