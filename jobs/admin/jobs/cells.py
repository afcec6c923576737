"""The columns of jobs."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from jobs.admin.cells import badge, duration, exact, number, preformatted, pretty, shortened
from jobs.admin.links import LONGEST_NAME, entries_link
from jobs.models import Job


class JobCells:
    @admin.display(description="name", ordering="name")
    def shown_name(self, job: Job) -> SafeString:
        return shortened(job.name, LONGEST_NAME)

    @admin.display(description="status", ordering="status")
    def state(self, job: Job) -> SafeString:
        return badge(job.status, job.status)

    @admin.display(description="started", ordering="started_at")
    def started(self, job: Job) -> str:
        return "-" if job.started_at is None else exact(job.started_at)[:19]

    @admin.display(description="duration")
    def duration(self, job: Job) -> str:
        return duration(job)

    @admin.display(description="debug", ordering="debug_count")
    def debugs(self, job: Job) -> str:
        return number(job.debug_count)

    @admin.display(description="info", ordering="info_count")
    def infos(self, job: Job) -> str:
        return number(job.info_count)

    @admin.display(description="warn", ordering="warn_count")
    def warnings(self, job: Job) -> str | SafeString:
        return badge("warn", number(job.warn_count)) if job.warn_count else "0"

    @admin.display(description="error", ordering="error_count")
    def errors(self, job: Job) -> str | SafeString:
        return badge("error", number(job.error_count)) if job.error_count else "0"

    @admin.display(description="fatal", ordering="fatal_count")
    def fatals(self, job: Job) -> str | SafeString:
        return badge("fatal", number(job.fatal_count)) if job.fatal_count else "0"

    @admin.display(description="log entries")
    def entries(self, job: Job) -> SafeString:
        counts = job.counts
        words = ", ".join(f"{number(count)} {level}" for level, count in counts.items() if count and level != "total")
        return entries_link(f"{number(counts['total'])} ({words})" if words else "none", job=job.pk)

    @admin.display(description="error")
    def error_text(self, job: Job) -> str | SafeString:
        return preformatted(job.error) if job.error else "-"

    @admin.display(description="what was run")
    def spec_text(self, job: Job) -> str | SafeString:
        return preformatted(pretty(job.spec)) if job.spec else "-"

    @admin.display(description="result")
    def result_text(self, job: Job) -> str | SafeString:
        return "-" if job.result is None else preformatted(pretty(job.result))
