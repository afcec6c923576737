"""The admin's list of jobs: without the service job, and without the columns that may be large."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpRequest

from jobs.models.job import JobQuerySet
from jobs.queries.job_list import NOT_IN_A_LIST
from jobs.queries.texts import MAX_SEARCH

NOT_SHOWN = (*NOT_IN_A_LIST, "attributes", "error")


class JobChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> JobQuerySet:
        jobs = super().get_queryset(request, exclude_parameters)
        assert isinstance(jobs, JobQuerySet)
        return jobs.listed().defer(*NOT_SHOWN)


def matching(jobs: JobQuerySet, text: str) -> JobQuerySet:
    """The jobs with `text` in their names, or with this id."""
    condition = Q(name__contains_ascii=text[:MAX_SEARCH])
    with suppress(ValueError):
        condition |= Q(pk=UUID(text))
    return jobs.filter(condition)
