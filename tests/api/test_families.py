"""A job with its descendants over HTTP: its tree, and a page of all their entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from jobs.models import Job
from tests.api.refusals import refused
from tests.factories import NOON, append_lines, make_job, make_step

Row = dict[str, Any]


def tree(browser: Client, job: Job) -> Row:
    response = browser.get(f"/api/jobs/{job.pk}/tree")
    assert response.status_code == 200, response.content
    return response.json()  # type: ignore[no-any-return]


def names(row: Row) -> Any:
    return {row["name"]: [names(child) for child in row["children"]]} if row["children"] else row["name"]


def chain(top: Job, length: int) -> None:
    jobs = [Job(name=str(number), created_at=NOON + timedelta(seconds=number)) for number in range(length)]
    for parent, child in zip([top, *jobs], jobs, strict=False):
        child.parent = parent
    Job.objects.bulk_create(jobs)


def test_a_tree_nests_jobs_in_the_order_in_which_they_were_made(as_viewer: Client, job: Job) -> None:
    second = make_job("b", parent=job, created_at=NOON + timedelta(seconds=1))
    first = make_job("a", parent=job, created_at=NOON)
    make_job("of b", parent=second)
    make_job("of a", parent=first)
    make_job("stranger")
    assert names(tree(as_viewer, job)["job"]) == {job.name: [{"a": ["of a"]}, {"b": ["of b"]}]}
    assert names(tree(as_viewer, second)["job"]) == {"b": ["of b"]}


def test_its_rows_are_those_of_the_list(as_viewer: Client, job: Job) -> None:
    child = make_job("child", parent=job, status="failed", attributes={"host": "a"})
    append_lines(child, 2, level="error")
    [row] = tree(as_viewer, job)["job"]["children"]
    [listed] = as_viewer.get("/api/jobs", {"parent": str(job.pk)}).json()["jobs"]
    assert row == {**listed, "children": []}
    assert (row["status"], row["counts"]["error"]) == ("failed", 2)


def test_a_tree_holds_a_thousand_jobs_and_says_that_there_are_more(as_viewer: Client, job: Job) -> None:
    Job.objects.bulk_create([Job(name=str(number), parent=job, created_at=NOON) for number in range(999)])
    whole = tree(as_viewer, job)
    assert (len(whole["job"]["children"]), whole["truncated"]) == (999, False)
    make_job("one more", parent=Job.objects.filter(parent=job).first())
    cut = tree(as_viewer, job)
    assert (len(cut["job"]["children"]), cut["truncated"]) == (999, True)


def test_a_very_deep_tree_is_cut_and_says_so(as_viewer: Client, job: Job) -> None:
    chain(job, 300)
    body = tree(as_viewer, job)
    row, depth = body["job"], 1
    while row["children"]:
        [row], depth = row["children"], depth + 1
    assert (depth, body["truncated"]) == (100, True)


def test_jobs_that_are_each_others_parents_are_shown_once(as_viewer: Client, job: Job) -> None:
    child = make_job("child", parent=job)
    Job.objects.filter(pk=job.pk).update(parent=child)
    body = tree(as_viewer, job)
    assert (names(body["job"]), body["truncated"]) == ({job.name: ["child"]}, False)


def test_a_tree_takes_as_many_queries_for_many_jobs_as_for_few(
    as_viewer: Client, job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    chain(job, 50)
    with django_assert_max_num_queries(6):  # session, user, rights (2), the job, the tree
        tree(as_viewer, job)


def test_a_tree_is_for_those_who_may_look(as_stranger: Client, anonymous: Client, as_viewer: Client, job: Job) -> None:
    refused(as_stranger.get(f"/api/jobs/{job.pk}/tree"), 403, "permission_missing")
    refused(anonymous.get(f"/api/jobs/{job.pk}/tree"), 401)
    for unknown in (uuid4(), "abc"):
        refused(as_viewer.get(f"/api/jobs/{unknown}/tree"), 404, "no_such_job")


@pytest.fixture
def family(job: Job) -> list[Job]:
    child = make_job("child", parent=job)
    family = [job, child, make_job("grandchild", parent=child)]
    for number in range(12):
        append_lines(family[number % 3], [str(number)], level="warn" if number % 2 else "info")
        append_lines(make_job("stranger"), 1)
    return family


def page(browser: Client, job: Job, **query: Any) -> Row:
    response = browser.get(f"/api/jobs/{job.pk}/logs", {"children": 1, **query})
    assert response.status_code == 200, response.content
    return response.json()  # type: ignore[no-any-return]


def messages(body: Row) -> list[str]:
    return [entry["message"] for entry in body["logs"]]


def test_a_page_holds_the_entries_of_all_with_their_jobs(as_viewer: Client, family: list[Job]) -> None:
    body = page(as_viewer, family[0], limit=5)
    assert messages(body) == ["7", "8", "9", "10", "11"]
    assert [entry["job_id"] for entry in body["logs"][:3]] == [str(family[n].pk) for n in (1, 2, 0)]
    assert (body["meta"]["total_count"], body["meta"]["has_more"]) == (12, True)
    assert messages(page(as_viewer, family[0], children=0)) == ["0", "3", "6", "9"]


def test_paging_both_ways_gives_every_entry_once(as_viewer: Client, family: list[Job]) -> None:
    back: list[str] = []
    before: dict[str, int] = {}
    while (body := page(as_viewer, family[0], limit=5, **before))["logs"]:
        back, before = messages(body) + back, {"before": body["meta"]["oldest_id"]}
    forward: list[str] = []
    since = 0
    while (body := page(as_viewer, family[0], limit=5, since=since))["logs"]:
        forward, since = forward + messages(body), body["meta"]["newest_id"]
    assert back == forward == [str(number) for number in range(12)]


def test_it_goes_with_the_other_filters(as_viewer: Client, family: list[Job]) -> None:
    assert messages(page(as_viewer, family[0], level="warn", search="1")) == ["1", "11"]
    step = make_step(family[2])
    append_lines(family[2], ["in step"], step=step)
    assert messages(page(as_viewer, family[0], step=str(step.pk))) == ["in step"]


@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ({"children": "2"}, "bad_parameter", "children is 1 (with the job's descendants) or 0"),
        ({"children": "yes"}, "bad_parameter", "children is 1"),
        ({"first_line": "3"}, "bad_parameter", "first_line is a line of one job: not to be given with children=1"),
        ({"last_line": "3"}, "bad_parameter", "last_line is a line of one job"),
    ],
)
def test_what_does_not_go_with_it_is_refused(
    as_viewer: Client, family: list[Job], query: dict[str, str], code: str, text: str
) -> None:
    path = f"/api/jobs/{family[0].pk}/logs"
    for address in (path, f"{path}/stream"):
        assert text in refused(as_viewer.get(address, {"children": "1", **query}), 400, code)["error"]


def test_steps_and_cursors_from_outside_are_refused(as_viewer: Client, family: list[Job]) -> None:
    stranger = make_job("stranger")
    [theirs] = append_lines(stranger, 1).ids
    step = make_step(stranger)
    for address in (f"/api/jobs/{family[0].pk}/logs", f"/api/jobs/{family[0].pk}/logs/stream"):
        body = refused(as_viewer.get(address, {"children": 1, "step": str(step.pk)}), 400, "bad_parameter")
        assert body["detail"]["allowed"] == "the id of a step of this job or its descendants"
        refused(as_viewer.get(address, {"children": 1, "since": theirs}), 400, "cursor_of_another_job")


def test_everything_has_no_children(as_viewer: Client, job: Job) -> None:
    for address in ("/api/service/logs", "/api/service/logs/stream"):
        refused(as_viewer.get(address, {"children": 1}), 400, "bad_parameter")
