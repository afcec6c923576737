"""The filters of the list of entries; each choice has its count where a counter gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest

from jobs import levels
from jobs.admin.cells import number, shortened
from jobs.admin.entries.request import entry_request, filter_in_address
from jobs.models import COLUMN_NAMES, SERVICE_JOB_ID, STREAMS, Job, LogEntry, Step
from jobs.models.counters import count_from
from jobs.queries import Filter
from jobs.queries.filter import FIELDS, OfJob, OfLevel, OfStep, OfStream
from jobs.queries.job_list import NEWEST_FIRST

JOBS_OFFERED = 10
STEPS_OFFERED = 100
LONGEST_NAME = 40

Choices = list[tuple[str, Any]]


def with_count(words: str, count: int) -> Any:
    return shortened(f"{words} ({number(count)})", LONGEST_NAME + 20)


class EntryFilter(admin.SimpleListFilter):
    """A filter of the list for one part of `jobs.queries.Filter`."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[LogEntry]) -> models.QuerySet[LogEntry]:
        return queryset.filter(self.part(filter_in_address(request)).condition())

    def part(self, log_filter: Filter) -> Filter:
        """A filter with this part of `log_filter` alone."""
        raise NotImplementedError


class EntryJobFilter(EntryFilter):
    """Offers the chosen job, Quaero's own log, and the newest jobs. The page of any other job links to its entries."""

    title = "job"
    parameter_name = OfJob.lookup

    def part(self, log_filter: Filter) -> Filter:
        return Filter(job=None if log_filter.step else log_filter.job)  # a step implies its job, and has the index

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """As Django's, but choosing another job drops the step, which belongs to the first one."""
        yield self.choice(changelist, None, "All")
        for key, words in self.lookup_choices:
            yield self.choice(changelist, key, words)

    def choice(self, changelist: ChangeList, key: str | None, words: Any) -> dict[str, Any]:
        query = changelist.get_query_string({self.parameter_name: key}, [StepFilter.parameter_name])
        return {"selected": self.value() == key, "query_string": query, "display": words}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        chosen = filter_in_address(request).job
        jobs = Job.objects.only("name", *COLUMN_NAMES).order_by(*NEWEST_FIRST)
        first = list(jobs.filter(pk__in=[SERVICE_JOB_ID, *([chosen] if chosen else [])]))
        offered = {job.pk: job for job in [*first, *jobs[:JOBS_OFFERED]]}
        return [(str(job.pk), with_count(job.name[:LONGEST_NAME], job.counts["total"])) for job in offered.values()]


class StepFilter(EntryFilter):
    """Offers the steps of the chosen job."""

    title = "step"
    parameter_name = OfStep.lookup

    def part(self, log_filter: Filter) -> Filter:
        return Filter(step=log_filter.step)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        log_filter = filter_in_address(request)
        steps = Step.objects.only("name", *COLUMN_NAMES)
        offered: Iterable[Step] = steps.filter(pk=log_filter.step) if log_filter.step else ()
        if log_filter.job:
            offered = [*offered, *steps.filter(job=log_filter.job).order_by("position")[:STEPS_OFFERED]]
        rows = {step.pk: step for step in offered}
        return [(str(step.pk), with_count(step.name[:LONGEST_NAME], step.counts["total"])) for step in rows.values()]


class LevelFilter(EntryFilter):
    title = "level"
    parameter_name = OfLevel.lookup

    def part(self, log_filter: Filter) -> Filter:
        return Filter(level=log_filter.level)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return list(self.choices_with(entry_request(request).counts))

    def choices_with(self, counts: dict[str, int]) -> Iterator[tuple[str, Any]]:
        for level, name in levels.NAMES.items():
            if level != levels.DEBUG:
                words = name if level == levels.FATAL else f"{name} and above"
                yield name, with_count(words, count_from(counts, level))


class StreamFilter(EntryFilter):
    title = "stream"
    parameter_name = OfStream.lookup

    def part(self, log_filter: Filter) -> Filter:
        return Filter(stream=log_filter.stream)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, name) for name in STREAMS]


class GivenFilter(admin.ListFilter):
    """A field without choices to offer. An address gives its values, and each can be taken back."""

    member: str

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.title = FIELDS[self.member].name
        super().__init__(request, params, model, model_admin)
        self.given = {name: params.pop(name)[-1] for name in [*params] if self.takes(name)}

    @classmethod
    def takes(cls, name: str) -> bool:
        return FIELDS[cls.member].takes(name)

    def expected_parameters(self) -> list[str | None]:
        return list(self.given)

    def has_output(self) -> bool:
        return bool(self.given)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[LogEntry]) -> models.QuerySet[LogEntry]:
        return queryset.filter(Filter(**{self.member: getattr(filter_in_address(request), self.member)}).condition())

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for name, value in self.given.items():
            query = changelist.get_query_string(remove=[name])
            display = shortened(f"{name}: {value} ✕", LONGEST_NAME + 20)
            yield {"selected": True, "query_string": query, "display": display}


GIVEN: tuple[type[GivenFilter], ...] = tuple(
    type("GivenFilter", (GivenFilter,), {"member": member, "parameter_name": definition.name})
    for member, definition in FIELDS.items()
    if not definition.lookup
)
