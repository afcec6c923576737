"""A page in the shape of a `logs` event: its counts, and whether there is more."""

from __future__ import annotations

from uuid import uuid4

import pytest

from jobs import levels
from jobs.models import COLUMN_NAMES, Job, LogEntry
from jobs.queries import START, Filter, Log, Position
from jobs.queries.log_page import LogsPayload, counts_of, read_page
from tests.factories import append_lines, make_job, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(job: Job) -> list[int]:
    """Ten lines: four of one step, of which two are errors, and six of none."""
    step = make_step(job)
    ids = [*append_lines(job, 2, step=step).ids, *append_lines(job, 2, step=step, level="error").ids]
    return [*ids, *append_lines(job, 6).ids]


def lines(page: LogsPayload) -> list[int]:
    return [record.line for record in page.logs]


def test_the_last_entries_come_oldest_first(job: Job, ids: list[int]) -> None:
    page = read_page(Log(job.pk), 3)
    assert (lines(page), page.meta.has_more) == ([8, 9, 10], True)
    assert (page.meta.oldest_id, page.meta.newest_id) == (ids[7], ids[9])
    assert (page.meta.total_count, page.meta.displayed_count) == (10, 10)


def test_an_empty_log_has_an_empty_page(job: Job) -> None:
    page = read_page(Log(job.pk), 3)
    assert (page.logs, page.meta.has_more, page.meta.oldest_id, page.meta.total_count) == ([], False, None, 0)


@pytest.mark.parametrize(
    ("line", "found", "has_more"), [(0, [1, 2, 3], False), (5, [6, 7, 8], True), (9, [10], True), (10, [], False)]
)
def test_since_gives_the_next(job: Job, ids: list[int], line: int, found: list[int], has_more: bool) -> None:
    page = read_page(Log(job.pk), 3, since=Position(line, ids[line - 1] if line else 0))
    assert (lines(page), page.meta.has_more) == (found, has_more)


@pytest.mark.parametrize(
    ("line", "found", "has_more"), [(1, [], False), (3, [1, 2], False), (4, [1, 2, 3], False), (10, [7, 8, 9], True)]
)
def test_before_gives_the_last_before(job: Job, ids: list[int], line: int, found: list[int], has_more: bool) -> None:
    page = read_page(Log(job.pk), 3, before=Position(line, ids[line - 1]))
    assert (lines(page), page.meta.has_more) == (found, has_more)


def test_nothing_is_before_the_beginning(job: Job, ids: list[int]) -> None:
    assert read_page(Log(job.pk), 3, before=START).logs == []


@pytest.mark.parametrize(("offset", "found", "has_more"), [(0, [1, 2, 3], False), (8, [9, 10], True), (99, [], False)])
def test_an_offset_counts_from_the_first(
    job: Job, ids: list[int], offset: int, found: list[int], has_more: bool
) -> None:
    page = read_page(Log(job.pk), 3, offset=offset)
    assert (lines(page), page.meta.has_more) == (found, has_more)


def test_counts_are_those_of_the_step_and_of_what_matches(job: Job, ids: list[int]) -> None:
    step = job.steps.get()
    errors = read_page(Log(job.pk, Filter(step=step.pk, level=levels.ERROR)), 1)
    assert (errors.meta.total_count, errors.meta.displayed_count, errors.meta.has_more) == (4, 2, True)
    searched = read_page(Log(job.pk, Filter(step=step.pk, search="line 1")), 5)
    assert (searched.meta.total_count, searched.meta.displayed_count) == (4, 2)


def test_has_more_looks_at_matching_entries_only(job: Job, ids: list[int]) -> None:
    page = read_page(Log(job.pk, Filter(search="line 2")), 5, since=Position(2, ids[1]))
    assert (lines(page), page.meta.has_more) == ([4, 6], True)
    page = read_page(Log(job.pk, Filter(search="line 6")), 5, since=Position(2, ids[1]))
    assert (lines(page), page.meta.has_more) == ([10], False)


def test_the_service_log_counts_all_jobs_or_the_one_it_is_narrowed_to(job: Job, ids: list[int]) -> None:
    append_lines(make_job("other"), 5)
    assert read_page(Log(None), 3).meta.total_count == 15
    page = read_page(Log(None, Filter(job=job.pk)), 3)
    assert (lines(page), page.meta.total_count, page.meta.displayed_count) == ([8, 9, 10], 10, 10)


def test_the_service_log_goes_on_after_an_id(job: Job, ids: list[int]) -> None:
    others = append_lines(make_job("other"), 2).ids
    page = read_page(Log(None), 5, since=Position(0, ids[8]))
    assert [record.id for record in page.logs] == [ids[9], *others]


def test_totals_come_from_counters_alone(job: Job, ids: list[int]) -> None:
    LogEntry.objects.filter(line=10)._raw_delete("default")  # type: ignore[attr-defined]
    page = read_page(Log(job.pk, Filter(level=levels.INFO)), 3)
    assert (page.meta.total_count, page.meta.displayed_count) == (10, 10)


def test_counts_of_what_is_not_there_are_none() -> None:
    assert counts_of(uuid4(), None)["total"] == 0
    assert len(COLUMN_NAMES) == 5
