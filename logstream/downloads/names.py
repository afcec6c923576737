"""What a downloaded file is called: whose log it is and of when, in letters that any system takes."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.utils import timezone
from django.utils.text import slugify

from jobs.models import Job

MOST_LETTERS = 60  # of the job's name


def file_name(job: Job | None, suffix: str, *, ascii_only: bool = False) -> str:
    """As `nightly-import-20260131-120000-c913db57.log`; of the log of everything (None) with the time of now."""
    if job is None:
        return f"everything-{written(timezone.now())}.{suffix}"
    name = slugify(job.name, allow_unicode=not ascii_only)[:MOST_LETTERS].strip("-_") or "job"
    return f"{name}-{written(job.started_at or job.created_at)}-{str(job.pk)[:8]}.{suffix}"


def written(moment: datetime) -> str:
    return moment.strftime("%Y%m%d-%H%M%S")


def disposition(job: Job | None, suffix: str) -> str:
    """The header by which browsers store the answer as a file; a second name is for clients that know ASCII alone."""
    simple, whole = file_name(job, suffix, ascii_only=True), file_name(job, suffix)
    return f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(whole)}"
