"""The worker: a process that takes due jobs and runs them, one at a time."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from jobs.models.fields import StorableCharField
from jobs.models.job import Job


class Worker(models.Model):
    """There as long as its process is. `name` is what the jobs that it runs have in `worker`."""

    name = StorableCharField(max_length=255, unique=True)
    hostname = StorableCharField(max_length=255)
    pid = models.PositiveIntegerField()
    machine = models.CharField(max_length=255)  # where `pid` means something: a boot of a system, and a namespace of it
    process_started_at = models.BigIntegerField()  # in ticks of that boot: a later process may get the same pid
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    is_stopping = models.BooleanField(default=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["hostname", "started_at"]

    def __str__(self) -> str:
        return str(self.name)
