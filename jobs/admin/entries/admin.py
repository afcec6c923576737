"""Log entries in the admin: read-only, also with millions of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from jobs.admin.cells import badge, exact, preformatted, pretty, shortened
from jobs.admin.entries.change_list import BEGINNING, EntryChangeList
from jobs.admin.entries.filters import GIVEN, EntryJobFilter, LevelFilter, StepFilter, StreamFilter
from jobs.admin.links import job_link, step_link
from jobs.admin.rights import ForViewers
from jobs.admin.templates import ours
from jobs.models import LogEntry
from jobs.queries import Filter
from jobs.web.admin_lookups import KnownLookups

FIELDS = ("id", "job_of", "step_of", "line", "time", "shown_level", "stream", "shown_source", "whole", "field_values")


@admin.register(LogEntry)
class LogEntryAdmin(ForViewers, KnownLookups):
    change_list_template = ours("entries/change_list.html")
    change_form_template = ours("entries/change_form.html")
    list_display = ("time", "shown_level", "shown_message", "job_of", "step_of", "line", "stream", "shown_source")
    list_display_links = ("shown_message",)
    list_filter = (EntryJobFilter, StepFilter, LevelFilter, StreamFilter, *GIVEN)
    search_fields = ("message",)
    search_help_text = "Text in messages; a, A and the like count as the same"
    sortable_by = ()  # always in the order in which they were logged, which the pages need
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count entries one by one
    list_per_page = 100
    fields = FIELDS
    readonly_fields = FIELDS
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[LogEntry]:
        return LogEntry.objects.order_by(*self.ordering)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return any(each.takes(lookup) for each in GIVEN) or super().lookup_allowed(lookup, value, request)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[EntryChangeList]:
        return EntryChangeList

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The title has the entry's id, as a message is too long for one."""
        return super().change_view(request, object_id, form_url, {"subtitle": f"Entry {object_id}"})

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[LogEntry], search_term: str
    ) -> tuple[models.QuerySet[LogEntry], bool]:
        return queryset.filter(Filter(search=search_term or None).condition()), False

    @admin.display(description="time")
    def time(self, entry: LogEntry) -> str:
        return exact(entry.timestamp)

    @admin.display(description="level")
    def shown_level(self, entry: LogEntry) -> SafeString:
        return badge(entry.get_level_display(), entry.get_level_display())

    @admin.display(description="message")
    def shown_message(self, entry: LogEntry) -> SafeString:
        beginning: str = entry.beginning  # type: ignore[attr-defined]  # annotated by the list
        return shortened(beginning, BEGINNING) or badge("none", "empty")

    @admin.display(description="job")
    def job_of(self, entry: LogEntry) -> SafeString:
        return job_link(entry.job)

    @admin.display(description="step")
    def step_of(self, entry: LogEntry) -> str | SafeString:
        return "-" if entry.step is None else step_link(entry.step)

    @admin.display(description="source")
    def shown_source(self, entry: LogEntry) -> SafeString:
        return shortened(entry.source, 60)

    @admin.display(description="message")
    def whole(self, entry: LogEntry) -> SafeString:
        return preformatted(entry.message)

    @admin.display(description="fields")
    def field_values(self, entry: LogEntry) -> str | SafeString:
        return "-" if entry.fields is None else preformatted(pretty(entry.fields))
