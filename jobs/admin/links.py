"""Links between the admin's pages."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from jobs.admin.cells import shortened
from jobs.models import Job, Step
from jobs.queries.filter import OfJob, OfStep

LONGEST_NAME = 80


def entries_link(text: str, *, job: UUID, step: UUID | None = None) -> SafeString:
    """A link to the list of entries, filtered by a job, or by one of its steps."""
    chosen = {OfJob.lookup: str(job)} | ({} if step is None else {OfStep.lookup: str(step)})
    address = f"{reverse('admin:quaero_jobs_logentry_changelist')}?{urlencode(chosen)}"
    return format_html('<a href="{}">{}</a>', address, text)


def job_link(job: Job) -> SafeString:
    address = reverse("admin:quaero_jobs_job_change", args=[job.pk])
    return format_html('<a href="{}">{}</a>', address, shortened(job.name, LONGEST_NAME))


def step_link(step: Step) -> SafeString:
    address = reverse("admin:quaero_jobs_step_change", args=[step.pk])
    return format_html('<a href="{}">{}</a>', address, shortened(step.name, LONGEST_NAME))
