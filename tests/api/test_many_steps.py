"""Steps by the thousand over HTTP: all at once, page by page, or those that changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jobs import lifecycle
from jobs.models import Job, Step
from jobs.queries.rows import FEW_STEPS
from tests.factories import append_lines, make_step

MANY = FEW_STEPS + 5


@pytest.fixture
def steps(job: Job) -> list[Step]:
    return [make_step(job, str(number)) for number in range(MANY)]


def read(browser: Client, job: Job, **query: Any) -> Any:
    response = browser.get(f"/api/jobs/{job.pk}", query)
    assert response.status_code == 200, response.content
    return response.json()


def test_job_has_all_its_steps_and_says_how_many_where_there_are_many(
    as_viewer: Client, job: Job, steps: list[Step]
) -> None:
    whole = read(as_viewer, job)
    assert [step["name"] for step in whole["steps"]] == [step.name for step in steps]
    assert (whole["steps_total"], "partial" in whole) == (MANY, False)
    steps[0].delete()
    Step.objects.filter(pk__in=[step.pk for step in steps[1:5]]).delete()
    assert "steps_total" not in read(as_viewer, job)


def test_steps_since_a_revision_are_those_that_changed(as_viewer: Client, job: Job, steps: list[Step]) -> None:
    revision = read(as_viewer, job)["revision"]
    lifecycle.finish_step(steps[7], "failed")
    append_lines(job, 1, step=steps[3])
    changed = read(as_viewer, job, steps_since=revision + 1)
    assert [(step["name"], step["status"]) for step in changed["steps"]] == [("3", "running"), ("7", "failed")]
    assert (changed["steps_total"], changed["partial"]) == (MANY, True)


def test_few_steps_are_told_whole_in_any_case(as_viewer: Client, job: Job) -> None:
    make_step(job)
    told = read(as_viewer, job, steps_since=10**6)
    assert (len(told["steps"]), "partial" in told, "steps_total" in told) == (1, False, False)


def test_pages_of_steps_follow_the_cursor(as_viewer: Client, job: Job, steps: list[Step]) -> None:
    names, query = [], {"limit": "20"}
    while query.get("cursor", "") is not None:
        page = as_viewer.get(f"/api/jobs/{job.pk}/steps", query).json()
        names += [step["name"] for step in page["steps"]]
        query["cursor"] = page["next"]
    assert names == [step.name for step in steps]
    assert len(as_viewer.get(f"/api/jobs/{job.pk}/steps").json()["steps"]) == MANY


@pytest.mark.parametrize(("path", "query"), [("", "steps_since=soon"), ("/steps", "limit=0"), ("/steps", "cursor=x")])
def test_what_is_no_number_is_refused(as_viewer: Client, job: Job, path: str, query: str) -> None:
    response = as_viewer.get(f"/api/jobs/{job.pk}{path}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "bad_parameter")
