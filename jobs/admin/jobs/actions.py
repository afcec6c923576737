"""The admin's actions on jobs: cancel, run again, delete. They call `jobs.operations`, as the API does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_protect

from jobs import operations, statuses
from jobs.admin.cells import number
from jobs.admin.jobs.deleting import MOST_JOBS, delete_jobs, deletion_of
from jobs.admin.rights import may
from jobs.errors import Refusal
from jobs.models import SERVICE_JOB_ID, Job
from jobs.models.job import JobQuerySet
from jobs.running.ordering.reruns import rerun
from jobs.web.admin_lookups import KnownLookups


def count_of_jobs(count: int) -> str:
    return f"{number(count)} {'job' if count == 1 else 'jobs'}"


class JobActions(KnownLookups):
    actions = ("request_cancel", "rerun", "delete_selected")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return may(request, "write")

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        is_deletable = obj is None or (obj.pk != SERVICE_JOB_ID and obj.status != statuses.RUNNING)
        return may(request, "write") and is_deletable

    @admin.action(description="Request cancel of selected jobs", permissions=["operate"])
    def request_cancel(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        """Asks the chosen jobs that have not ended, and their descendants, to end."""
        chosen = self.bounded(request, queryset.filter(status__in=statuses.ACTIVE))
        asked: list[UUID] = []
        for job in chosen:
            with suppress(operations.JobHasEnded):
                asked += operations.cancel(job, request.user.get_username())
        for job in Job.objects.filter(pk__in=asked):
            self.log_change(request, job, "Requested cancel.")
        if asked:
            self.message_user(request, f"Asked {count_of_jobs(len(asked))} to cancel.", messages.SUCCESS)
        else:
            words = "Nothing to cancel: the chosen jobs have ended, or have been asked already."
            self.message_user(request, words, messages.WARNING)

    @admin.action(description="Run selected jobs again", permissions=["operate"])
    def rerun(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        """Orders each chosen job again. A refusal becomes a message, and the other jobs go on."""
        assert request.user.is_authenticated
        for job in self.bounded(request, queryset):
            try:
                again = rerun(job, request.user.get_username(), created_by=request.user)
            except Refusal as refusal:
                self.message_user(request, f"{job.name}: {refusal}", messages.ERROR)
                continue
            self.log_change(request, job, f"Ran again as {again.pk}.")
            link = format_html(
                '<a href="{}">{}</a>', reverse("admin:quaero_jobs_job_change", args=[again.pk]), again.name
            )
            self.message_user(request, format_html("Runs again: {}.", link), messages.SUCCESS)

    @admin.action(description="Delete selected jobs that do not run", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: JobQuerySet) -> HttpResponse | None:
        """Shows Django's page of confirmation, then deletes the jobs that do not run."""
        chosen = self.bounded(request, queryset.exclude(status=statuses.RUNNING))
        if not chosen:
            self.message_user(request, "Nothing to delete: a running job is cancelled first.", messages.WARNING)
            return None
        if request.POST.get("post"):
            self.delete_with_messages(request, chosen)
            return None
        ids = [job.pk for job in chosen]
        return delete_selected(self, request, queryset.filter(pk__in=ids))

    def bounded(self, request: HttpRequest, jobs: JobQuerySet) -> list[Job]:
        """The jobs, but MOST_JOBS at most, so that the request ends in time; adds a message when it leaves out some."""
        chosen = list(jobs[: MOST_JOBS + 1])
        if len(chosen) > MOST_JOBS:
            words = f"Only the first {count_of_jobs(MOST_JOBS)} were taken: repeat it for the others."
            self.message_user(request, words, messages.WARNING)
        return chosen[:MOST_JOBS]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """For Django's pages of confirmation. It reads counters, no entries."""
        lines, counts = deletion_of(list(objs))
        return lines, counts, set(), []

    @method_decorator(csrf_protect)
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page of confirmation, but the deletion is that of `operations`."""
        job = self.get_object(request, unquote(object_id))
        if job is not None and job.status == statuses.RUNNING and may(request, "write"):
            self.refuse_running(request, [job])
            return redirect("admin:quaero_jobs_job_change", job.pk)
        if job is None or request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        if not self.has_delete_permission(request, job):
            raise PermissionDenied
        self.delete_with_messages(request, [job])
        return redirect("admin:quaero_jobs_job_changelist")

    def delete_with_messages(self, request: HttpRequest, jobs: Sequence[Job]) -> None:
        """Deletes the jobs, and adds a message for the deleted ones and one for those that run."""
        deleted, running = delete_jobs(jobs, request.user.get_username())
        if deleted:
            self.log_deletions(request, deleted)  # type: ignore[arg-type]
            self.message_user(request, f"Deleted {count_of_jobs(len(deleted))}.", messages.SUCCESS)
        if running:
            self.refuse_running(request, running)

    def refuse_running(self, request: HttpRequest, jobs: Sequence[Job]) -> None:
        words = f"Not deleted, because running: {', '.join(job.name for job in jobs[:5])}. Cancel first."
        self.message_user(request, words, messages.ERROR)
