"""The admin reads no more as data grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from tests.admin.acting import (
    ENTRIES,
    JOBS,
    STEPS,
    change_page,
)
from tests.factories import append_lines, make_job, make_step


@pytest.mark.parametrize(
    "page",
    [
        lambda job: JOBS,
        lambda job: f"{JOBS}?q=n&has_errors=no",
        lambda job: change_page(job),
        lambda job: ENTRIES,
        lambda job: f"{ENTRIES}?job__id__exact={job.pk}&q=line",
        lambda job: STEPS,
    ],
)
def test_queries_do_not_grow_with_the_data(viewing: Client, job: Job, page: Callable[[Job], str]) -> None:
    def fill(jobs: int) -> None:
        for each in [job, *(make_job(f"name {number}") for number in range(jobs))]:
            append_lines(each, 5, step=make_step(each))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert viewing.get(page(job)).status_code == 200
        return len(queries)

    fill(2)
    count()  # content types are kept from then on
    before = count()
    fill(10)
    assert count() == before
    assert before <= 16
