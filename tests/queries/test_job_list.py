"""The list of jobs: newest first, stable pages, counts by status."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import SERVICE_JOB_ID, Job
from jobs.queries.job_list import JobCursor, JobFilter, count_by_status, page_of_jobs
from tests.factories import NOON, append_lines, make_job

pytestmark = pytest.mark.django_db


def make_jobs(count: int, **members: object) -> list[Job]:
    """Newest first, a minute apart."""
    return [make_job(f"job {n}", created_at=NOON - timedelta(minutes=n), **members) for n in range(count)]


def walk(wanted: JobFilter, limit: int) -> list[Job]:
    jobs, page = [], page_of_jobs(wanted, limit)
    jobs += page.jobs
    while page.next is not None:
        page = page_of_jobs(wanted, limit, JobCursor.parse(str(page.next)))
        jobs += page.jobs
    return jobs


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_together_are_all_jobs_newest_first(limit: int) -> None:
    jobs = make_jobs(7)
    assert walk(JobFilter(), limit) == jobs


def test_jobs_of_the_same_moment_are_each_listed_once() -> None:
    jobs = [make_job(str(n), created_at=NOON) for n in range(7)]
    listed = walk(JobFilter(), 2)
    assert listed == sorted(jobs, key=lambda job: job.pk.hex, reverse=True)


def test_a_job_that_appears_meanwhile_moves_nothing() -> None:
    jobs = make_jobs(4)
    page = page_of_jobs(JobFilter(), 2)
    make_job("new", created_at=NOON + timedelta(hours=1))
    assert page_of_jobs(JobFilter(), 2, page.next).jobs == jobs[2:]


def test_the_last_page_has_no_next() -> None:
    make_jobs(2)
    assert page_of_jobs(JobFilter(), 2).next is None
    assert page_of_jobs(JobFilter(), 1).next is not None


def test_the_service_job_is_not_among_jobs() -> None:
    append_lines(SERVICE_JOB_ID, 1)
    assert page_of_jobs(JobFilter(), 10).jobs == []
    assert sum(count_by_status(JobFilter()).values()) == 0


def test_several_statuses_are_merged_in_order() -> None:
    statuses = ["completed", "running", "failed", "completed", "running", "pending"]
    jobs = [make_job(str(n), status=s, created_at=NOON - timedelta(minutes=n)) for n, s in enumerate(statuses)]
    wanted = JobFilter(statuses=frozenset({"running", "completed"}))
    assert walk(wanted, 2) == walk(wanted, 100) == [jobs[0], jobs[1], jobs[3], jobs[4]]
    assert walk(JobFilter(statuses=frozenset({"failed"})), 2) == [jobs[2]]
    assert walk(JobFilter(statuses=frozenset(statuses) | {"cancelled"}), 4) == jobs


def test_filters_narrow_list_and_counts_alike() -> None:
    parent = make_job("parent", kind="nightly", status="completed")
    child = make_job("Import 100%", parent=parent, created_at=NOON)
    for wanted in (
        JobFilter(parent=parent.pk),
        JobFilter(q="import"),
        JobFilter(q="0%"),
        JobFilter(created_to=NOON),
        JobFilter(created_from=NOON, created_to=NOON, kind="job"),
    ):
        assert page_of_jobs(wanted, 10).jobs == [child]
        assert count_by_status(wanted) | {"running": 0} == dict.fromkeys(count_by_status(wanted), 0)
        assert count_by_status(wanted)["running"] == 1
    assert page_of_jobs(JobFilter(kind="nightly"), 10).jobs == [parent]
    assert page_of_jobs(JobFilter(q="%p"), 10).jobs == []


def test_counts_are_of_every_status_whichever_is_wanted() -> None:
    for status in ("failed", "failed", "running"):
        make_job(status=status)
    expected = {"pending": 0, "running": 1, "completed": 0, "failed": 2, "cancelled": 0}
    assert count_by_status(JobFilter(statuses=frozenset({"failed"}))) == expected


EARLY = b64encode(f"0001-01-01T00:00:00.000000+14:00 {'7' * 32}".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["", "abc", "!!!!", "MjAyNg", "\0", "é", "MjAyNi0wMS0zMSBub3QtYS11dWlk", "=" * 9, EARLY]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        JobCursor.parse(text)


def test_a_cursor_survives_its_text() -> None:
    cursor = JobCursor(NOON, UUID(int=7))
    assert JobCursor.parse(str(cursor)) == cursor


SEVERAL = frozenset({"running", "failed"})


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (JobFilter(), "quaero_job_newest"),
        (JobFilter(statuses=frozenset({"running"})), "quaero_job_newest_by_status"),
        (JobFilter(statuses=SEVERAL), "quaero_job_newest_by_status"),
        (JobFilter(kind="nightly"), "quaero_job_newest_by_kind"),
        (JobFilter(q="import"), "quaero_job_newest"),
        (JobFilter(created_from=NOON), "quaero_job_newest"),
    ],
)
def test_a_page_follows_an_index_and_sorts_no_more_than_itself(wanted: JobFilter, index: str) -> None:
    for after in (None, JobCursor(NOON, UUID(int=7))):
        plan = plan_of(lambda after=after: page_of_jobs(wanted, 50, after))
        assert re.search(rf"USING (COVERING )?INDEX {index}\b", plan)
        assert "TEMP B-TREE" not in plan or wanted.statuses == SEVERAL
        assert "SCAN quaero_jobs_job\n" not in plan


@pytest.mark.parametrize(
    "wanted",
    [
        JobFilter(),
        JobFilter(q="import"),
        JobFilter(kind="nightly", q="import"),
        JobFilter(created_from=NOON, created_to=NOON + timedelta(days=1)),
        JobFilter(q="import", statuses=SEVERAL),
    ],
)
def test_counts_read_an_index_alone(wanted: JobFilter) -> None:
    assert "USING COVERING INDEX quaero_job_newest" in plan_of(lambda: count_by_status(wanted))


def plan_of(read: object) -> str:
    with CaptureQueriesContext(connection) as queries:
        read()  # type: ignore[operator]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + queries.captured_queries[-1]["sql"])
        return "\n".join(row[3] for row in cursor.fetchall())
