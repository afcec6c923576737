"""Jobs in the admin: a list to search, and a page with the live log, where names and attributes are edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from jobs.admin.jobs.actions import JobActions
from jobs.admin.jobs.cells import JobCells
from jobs.admin.jobs.change_list import JobChangeList, matching
from jobs.admin.jobs.filters import ErrorsFilter, KindFilter, RunningLongerFilter, WarningsFilter
from jobs.admin.jobs.periods import DatedJobs
from jobs.admin.rights import may
from jobs.admin.steps import StepInline
from jobs.admin.templates import ours
from jobs.models import SERVICE_JOB_ID, Job
from jobs.models.job import JobQuerySet
from jobs.secrets.names import without_secrets
from jobs.storable import WholeNumbers

EDITABLE = ("name", "kind", "attributes")
STATE = (
    "state", "progress", "started_at", "finished_at", "duration", "cancel_requested_at", "exit_code", "error_text",
    "entries",
)  # fmt: skip
ORIGIN = (
    "id", "created_at", "created_by", "parent", "rerun_of", "attempt", "worker", "heartbeat_at", "spec_text",
    "result_text",
)  # fmt: skip


class JobForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.show_hidden_initial = True  # so only the reader's changes count, not those of the job meanwhile
        if "attributes" in self.fields:
            self.fields["attributes"].widget.attrs["rows"] = 4
            self.fields["attributes"].decoder = WholeNumbers  # type: ignore[attr-defined]  # of a forms.JSONField

    def clean_attributes(self) -> dict[str, object]:
        """A JSON object without secrets, as in the API; an empty field is an empty object."""
        attributes = self.cleaned_data["attributes"]
        if attributes is not None and not isinstance(attributes, dict):
            raise forms.ValidationError('Use a JSON object, as {"source": "nightly"}.')
        return without_secrets(attributes or {})


@admin.register(Job)
class JobAdmin(JobCells, JobActions):
    change_list_template = ours("change_list.html")
    change_form_template = ours("job/change_form.html")
    form = JobForm
    list_display = (
        "shown_name", "state", "kind", "started", "duration", "debugs", "infos", "warnings", "errors", "fatals",
    )  # fmt: skip
    list_filter = ("status", KindFilter, ErrorsFilter, WarningsFilter, RunningLongerFilter)
    search_fields = ("name",)
    search_help_text = "A part of the name, or the whole id"
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    show_full_result_count = False
    list_per_page = 50
    fieldsets = (
        (None, {"fields": EDITABLE}),
        ("State", {"fields": STATE}),
        ("Origin", {"fields": ORIGIN, "classes": ["collapse"]}),
    )
    readonly_fields = (*STATE, *ORIGIN)
    inlines = (StepInline,)

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return may(request, "read")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # jobs are made by the code that runs them

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        is_service_job = obj is not None and obj.pk == SERVICE_JOB_ID
        return may(request, "write") and not is_service_job

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Job]:
        return DatedJobs(Job).order_by(*self.ordering)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[JobChangeList]:
        return JobChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Job], search_term: str
    ) -> tuple[models.QuerySet[Job], bool]:
        if not search_term or not isinstance(queryset, JobQuerySet):
            return queryset, False
        return matching(queryset, search_term), False

    def save_model(self, request: HttpRequest, obj: Job, form: forms.ModelForm[Job], change: bool) -> None:
        """Saves the edited fields alone: the job may have changed since the form was opened."""
        obj.save(update_fields=form.changed_data)
