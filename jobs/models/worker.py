"""The worker: a process that takes due jobs and runs them, one at a time."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from jobs.models.fields import StorableCharField
from jobs.models.job import Job


class Worker(models.Model):
    """A row for as long as the process lives. `name` is also the value of `Job.worker` while it runs a job."""

    name = StorableCharField(max_length=255, unique=True)
    hostname = StorableCharField(max_length=255)
    pid = models.PositiveIntegerField()
    machine = models.CharField(max_length=255)  # where `pid` is valid: one boot of one system, and one pid namespace
    process_started_at = models.BigIntegerField()  # in ticks since that boot: a later process may have the same pid
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    is_stopping = models.BooleanField(default=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["hostname", "started_at"]

    def __str__(self) -> str:
        return str(self.name)
