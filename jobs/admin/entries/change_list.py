"""The admin's list of entries: pages by cursor, a count only where a counter has it, no long text."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models.functions import Left
from django.http import HttpRequest

from jobs.admin.cells import number
from jobs.admin.entries.pages import EntryPage, EntryPages
from jobs.admin.entries.request import entry_request
from jobs.models import LogEntry
from jobs.models.counters import count_from

OLDER, NEWER = "older", "newer"
SHOWN = ("id", "line", "timestamp", "level", "stream", "source", "job__name", "step__name")
BEGINNING = 200  # characters of a message


class EntryChangeList(ChangeList):
    page: EntryPage

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> models.QuerySet[LogEntry]:
        for name in (OLDER, NEWER):  # places, not filters
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        entries: models.QuerySet[LogEntry] = super().get_queryset(request, exclude_parameters)
        return entries.select_related("job", "step").only(*SHOWN).annotate(beginning=Left("message", BEGINNING + 1))

    def get_results(self, request: HttpRequest) -> None:
        """Reads one page. The counters give the exact count where they have it."""
        log_filter, counts = entry_request(request)
        pages = EntryPages(self.queryset, log_filter, self.list_per_page)
        self.page = read_page(pages, request)
        self.result_list = self.page.entries
        self.exact_count = count_from(counts, log_filter.level or 0) if log_filter.is_counted else None
        self.result_count = self.full_result_count = len(self.page.entries)  # equal: no count beside the search
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.paginator = Paginator(self.page.entries, self.list_per_page)

    @property
    def count_words(self) -> str:
        if self.exact_count is not None:
            return f"{number(self.exact_count)} log entries"
        is_all = self.page.older is None and self.page.newer is None
        return f"{number(len(self.page.entries))} log entries{'' if is_all else ' on this page'}"

    @property
    def older_href(self) -> str | None:
        return None if self.page.older is None else self.get_query_string({OLDER: self.page.older})

    @property
    def newer_href(self) -> str | None:
        return None if self.page.newer is None else self.get_query_string({NEWER: self.page.newer})

    @property
    def newest_href(self) -> str | None:
        return None if self.page.newer is None else self.get_query_string()

    @property
    def older_words(self) -> str:
        return "Search on in older entries" if self.page.has_stopped else "Older"


def read_page(pages: EntryPages, request: HttpRequest) -> EntryPage:
    """The page that the address names; the newest one for a wrong cursor."""
    with suppress(KeyError, ValueError):
        return pages.older_than(int(request.GET[OLDER]))
    with suppress(KeyError, ValueError):
        return pages.newer_than(int(request.GET[NEWER]))
    return pages.newest()
