"""Jobs and steps over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job
from tests.api.refusals import refused
from tests.factories import NOON, UNKNOWN_ID, append_lines, make_job, make_step


def listed(browser: Client, **query: Any) -> list[str]:
    response = browser.get("/api/jobs", query)
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["jobs"]]


def test_a_row_tells_what_a_list_shows(as_viewer: Client, viewer: User) -> None:
    parent = make_job("parent", created_at=NOON)
    job = make_job("child", kind="nightly", parent=parent, created_by=viewer, attributes={"host": "a"}, spec={"x": 1})
    append_lines(job, 2, level="warn")
    lifecycle.finish_job(job, "failed", exit_code=3, error="no disk")
    row = as_viewer.get("/api/jobs").json()["jobs"][0]
    counts = {"debug": 0, "info": 0, "warn": 2, "error": 0, "fatal": 0, "total": 2}
    assert row["id"] == str(job.pk)
    assert (row["name"], row["kind"], row["status"], row["counts"]) == ("child", "nightly", "failed", counts)
    assert (row["last_line"], row["exit_code"], row["error"], row["attributes"]) == (2, 3, "no disk", {"host": "a"})
    assert (row["parent"], row["created_by"], row["rerun_of"]) == (str(parent.pk), "viewer", None)
    assert row["revision"] == Job.objects.get(pk=job.pk).revision
    assert row["finished_at"].endswith("Z")
    assert not {"spec", "result", "steps"} & set(row)


def test_pages_follow_the_cursor(as_viewer: Client) -> None:
    for n in range(5):
        make_job(str(n), created_at=NOON - timedelta(minutes=n))
    names, cursor = [], ""
    while cursor is not None:
        page = as_viewer.get("/api/jobs", {"limit": 2, "cursor": cursor}).json()
        names += [row["name"] for row in page["jobs"]]
        cursor = page["next"]
    assert names == ["0", "1", "2", "3", "4"]


def test_jobs_are_filtered_and_counted(as_viewer: Client) -> None:
    for status in ("completed", "failed", "running"):
        make_job(f"{status} import", status=status, created_at=NOON)
    make_job("other", kind="crawl", created_at=NOON + timedelta(hours=1))
    assert sorted(listed(as_viewer, status="failed,completed")) == ["completed import", "failed import"]
    assert listed(as_viewer, status=" running ", q="IMPORT") == ["running import"]
    assert listed(as_viewer, kind="crawl") == ["other"]
    assert (listed(as_viewer, name="other"), listed(as_viewer, name="Other"), listed(as_viewer, name="the")) == (
        ["other"],
        [],
        [],
    )
    assert listed(as_viewer, created_from="2026-01-31T12:30:00Z") == ["other"]
    counts = as_viewer.get("/api/jobs", {"created_to": "2026-01-31T12:30:00Z", "status": "failed"}).json()["counts"]
    assert counts == {"pending": 0, "running": 1, "completed": 1, "failed": 1, "cancelled": 0}


def test_children_are_found_by_their_parent(as_viewer: Client, job: Job) -> None:
    make_job("child", parent=job)
    assert listed(as_viewer, parent=job.pk) == ["child"]


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ({"status": "done"}, "some of pending, running, completed, failed, cancelled"),
        ({"status": "failed,"}, "some of pending, running, completed, failed, cancelled"),
        ({"limit": "0"}, "a whole number from 1 to 1000"),
        ({"limit": "-1"}, "a whole number from 1 to 1000"),
        ({"limit": "abc"}, "a whole number from 1 to 1000"),
        ({"limit": "1001"}, "a whole number from 1 to 1000"),
        ({"cursor": "abc"}, "the member 'next' of a page before"),
        ({"parent": "abc"}, "the id of a job"),
        ({"parent": str(UNKNOWN_ID)}, "the id of a job"),
        ({"created_from": "yesterday"}, "a time in RFC 3339, as 2026-01-31T12:00:00Z"),
        ({"q": "x" * 1001}, "at most 1000 characters"),
        ({"state": "failed"}, "one of status, kind, name, parent, q, created_from, created_to, limit, cursor"),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_is_allowed(
    as_viewer: Client, query: dict[str, str], allowed: str
) -> None:
    body = refused(as_viewer.get("/api/jobs", query), 400, "bad_parameter")
    assert (body["detail"]["parameter"], body["detail"]["allowed"]) == (*query, allowed)
    assert allowed.removeprefix("one of ") in body["error"]


def test_queries_of_the_list_do_not_grow_with_the_jobs(
    as_viewer: Client, viewer: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(30):
        append_lines(make_job(str(n), created_by=viewer, parent=make_job(f"parent {n}")), 1)
    for query in ({}, {"status": "running,failed", "q": "1"}, {"limit": "1000"}):
        with django_assert_max_num_queries(6):  # session, user, two of permissions, jobs, counts
            as_viewer.get("/api/jobs", query)


def test_one_job_comes_with_its_steps(as_viewer: Client) -> None:
    job = make_job(spec={"command": ["ls"]}, result={"rows": 3})
    steps = [make_step(job, "fetch"), make_step(job, "load", status="pending")]
    append_lines(job, 2, step=steps[0])
    detail = as_viewer.get(f"/api/jobs/{job.pk}").json()
    assert (detail["spec"], detail["result"]) == ({"command": ["ls"]}, {"rows": 3})
    assert [(step["name"], step["position"], step["status"]) for step in detail["steps"]] == [
        ("fetch", 0, "running"),
        ("load", 1, "pending"),
    ]
    assert detail["steps"][0]["counts"]["info"] == 2
    assert as_viewer.get(f"/api/jobs/{job.pk}/steps").json() == {"steps": detail["steps"]}
    assert as_viewer.get(f"/api/jobs/{job.pk}/steps/{steps[1].pk}").json() == detail["steps"][1]


def test_a_step_says_why_it_has_failed(as_viewer: Client, job: Job) -> None:
    lifecycle.finish_step(make_step(job), "failed", error="no disk")
    make_step(job, "next")
    steps = as_viewer.get(f"/api/jobs/{job.pk}").json()["steps"]
    assert [(step["status"], step["error"]) for step in steps] == [("failed", "no disk"), ("running", "")]


def test_queries_of_one_job_do_not_grow_with_its_steps(
    as_viewer: Client, job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(20):
        make_step(job, str(n))
    with django_assert_max_num_queries(7):
        as_viewer.get(f"/api/jobs/{job.pk}")


def test_the_service_job_is_shown_when_asked_for_and_never_listed(as_viewer: Client) -> None:
    assert as_viewer.get(f"/api/jobs/{SERVICE_JOB_ID}").json()["kind"] == "service"
    assert listed(as_viewer) == []


@pytest.mark.parametrize("job_id", ["abc", str(UNKNOWN_ID), "1", "%00", "x" * 500])
@pytest.mark.parametrize("rest", ["", "/steps", f"/steps/{UNKNOWN_ID}", "/logs"])
def test_a_job_that_is_not_there_is_not_found(as_viewer: Client, job_id: str, rest: str) -> None:
    refused(as_viewer.get(f"/api/jobs/{job_id}{rest}"), 404, "no_such_job")


def test_a_step_of_another_job_is_not_found(as_viewer: Client, job: Job) -> None:
    other = make_step(make_job("other"))
    for step_id in (other.pk, uuid4(), "abc"):
        refused(as_viewer.get(f"/api/jobs/{job.pk}/steps/{step_id}"), 404, "no_such_step")
