"""Values of secret parameters, encrypted; kept until the run has ended."""

from __future__ import annotations

from django.db import models

from jobs.models.job import Job


class JobSecret(models.Model):
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=255)
    sealed = models.TextField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="quaero_secret_of_job")]

    def __str__(self) -> str:
        return f"secret {self.name} of {self.job_id}"
