"""Steps in the admin: read-only. A job's page has its first steps."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString

from jobs.admin.cells import badge, duration, number, preformatted, visible
from jobs.admin.links import entries_link, job_link
from jobs.admin.rights import ForViewers
from jobs.admin.templates import ours
from jobs.models import COLUMN_NAMES, Step
from jobs.text.commands import shortened
from jobs.web.admin_lookups import KnownLookups

INLINE_STEPS = 100  # each is a form; the list of steps has pages
SHOWN_CHARACTERS = 200  # of a step's error; the step's page has all of it


class StepCells:
    @admin.display(description="step")
    def step_name(self, step: Step) -> SafeString:
        return visible(step.name)

    @admin.display(description="status", ordering="status")
    def state(self, step: Step) -> SafeString:
        return badge(step.status, step.status)

    @admin.display(description="duration")
    def duration(self, step: Step) -> str:
        return duration(step)

    @admin.display(description="warnings", ordering="warn_count")
    def warnings(self, step: Step) -> str:
        return number(step.warn_count)

    @admin.display(description="errors", ordering="error_count")
    def errors(self, step: Step) -> str:
        return number(step.error_count + step.fatal_count)

    @admin.display(description="error")
    def reason(self, step: Step) -> SafeString:
        return visible(shortened(step.error, SHOWN_CHARACTERS))

    @admin.display(description="entries")
    def entries(self, step: Step) -> SafeString:
        return entries_link(number(step.counts["total"]), job=step.job_id, step=step.pk)


STORED = ("id", "name", "position", "status", "started_at", "finished_at", "error", *COLUMN_NAMES)
COLUMNS = ("step_name", "state", "started_at", "duration", "warnings", "errors", "entries", "reason")


class StepInline(ForViewers, StepCells, admin.TabularInline):  # type: ignore[type-arg]
    model = Step
    fields = COLUMNS
    readonly_fields = COLUMNS
    extra = 0
    max_num = 0
    verbose_name_plural = f"steps (the first {INLINE_STEPS})"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Step]:
        return Step.objects.filter(position__lt=INLINE_STEPS)


@admin.register(Step)
class StepAdmin(ForViewers, StepCells, KnownLookups):
    change_list_template = ours("change_list.html")
    change_form_template = ours("change_form.html")
    list_display = ("step_name", "job_of", *COLUMNS[1:])
    list_filter = ("status",)
    show_full_result_count = False
    fields = ("job_of", *COLUMNS[:-1], "finished_at", "error_text")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Step]:
        return super().get_queryset(request).select_related("job").only(*STORED, "job__name")

    @admin.display(description="job")
    def job_of(self, step: Step) -> SafeString:
        return job_link(step.job)

    @admin.display(description="error")
    def error_text(self, step: Step) -> str | SafeString:
        return preformatted(step.error) if step.error else "-"
