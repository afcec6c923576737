"""The filters of the list of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from jobs import statuses
from jobs.admin.cells import shortened
from jobs.models import SERVICE_KIND, Job

KINDS_SHOWN = 50
LONGEST_NAME = 40


class ConditionFilter(admin.SimpleListFilter):
    """A few choices, each with a condition on jobs."""

    def conditions(self) -> Mapping[str, tuple[Any, Q]]:
        """By the value in the address: the text of the choice, and the condition on jobs."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.offered = self.conditions()
        return [(key, words) for key, (words, _) in self.offered.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Job]) -> models.QuerySet[Job]:
        chosen = self.offered.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen[1])

    def get_facet_counts(self, pk_attname: str, filtered_qs: models.QuerySet[Any]) -> dict[str, models.Count]:
        """The counts in one query. (Django makes a subquery for each choice.)"""
        conditions = [condition for _, condition in self.offered.values()]
        return {f"{number}__c": models.Count(pk_attname, filter=each) for number, each in enumerate(conditions)}


class KindFilter(ConditionFilter):
    title = "kind"
    parameter_name = "kind"

    def conditions(self) -> Mapping[str, tuple[Any, Q]]:
        kinds = Job.objects.exclude(kind=SERVICE_KIND).order_by("kind").values_list("kind", flat=True).distinct()
        return {kind: (shortened(kind, LONGEST_NAME), Q(kind=kind)) for kind in kinds[:KINDS_SHOWN]}


class ErrorsFilter(ConditionFilter):
    title = "errors"
    parameter_name = "has_errors"

    def conditions(self) -> Mapping[str, tuple[Any, Q]]:
        has_errors = Q(error_count__gt=0) | Q(fatal_count__gt=0)
        return {"yes": ("Has errors", has_errors), "no": ("Has none", ~has_errors)}


class WarningsFilter(ConditionFilter):
    title = "warnings"
    parameter_name = "has_warnings"

    def conditions(self) -> Mapping[str, tuple[Any, Q]]:
        return {"yes": ("Has warnings", Q(warn_count__gt=0)), "no": ("Has none", Q(warn_count=0))}


class RunningLongerFilter(ConditionFilter):
    title = "running longer than"
    parameter_name = "running_longer"

    def conditions(self) -> Mapping[str, tuple[Any, Q]]:
        return {
            "10min": ("10 minutes", running_for(timedelta(minutes=10))),
            "1h": ("1 hour", running_for(timedelta(hours=1))),
            "1d": ("1 day", running_for(timedelta(days=1))),
        }


def running_for(duration: timedelta) -> Q:
    return Q(status=statuses.RUNNING, started_at__lt=timezone.now() - duration)
