"""Places in a log over HTTP: which entry is at a line, an id, a time or an index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job, LogEntry
from jobs.recording import NewEntry, append
from tests.api.refusals import refused
from tests.factories import NOON, append_lines, make_job

SERVICE = "/api/service/logs/place"
END = {"id": None, "line": None, "timestamp": None}


def path_of(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs/place"


def place(browser: Client, path: str, **query: Any) -> dict[str, Any]:
    response = browser.get(path, query)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def ids(job: Job) -> list[int]:
    """Of one entry a minute, every second one of `odd`."""
    minutes = [timedelta(minutes=n) for n in range(10)]
    entries = [NewEntry(f"line {n}", source="odd" if n % 2 else "", timestamp=NOON + minutes[n]) for n in range(10)]
    return list(append(job, entries).ids)


@pytest.mark.parametrize("target", ["line", "id", "time", "index"])
def test_each_way_leads_to_the_same_entry(as_viewer: Client, job: Job, ids: list[int], target: str) -> None:
    value = {"line": 4, "id": ids[3], "time": "2026-01-31T12:02:30Z", "index": 3}[target]
    entry = {"id": ids[3], "line": 4, "timestamp": "2026-01-31T12:03:00.000000Z"}
    assert place(as_viewer, path_of(job), **{target: value}) == {"index": 3, **entry, "total": 10}


def test_the_filter_decides_which_entry_is_first_and_how_many_are_before_it(
    as_viewer: Client, job: Job, ids: list[int]
) -> None:
    found = place(as_viewer, path_of(job), id=ids[4], source="odd")
    assert (found["line"], found["index"], found["total"]) == (6, 2, 5)


@pytest.mark.parametrize("query", [{"line": 11}, {"id": 2**50}, {"time": "2027-01-01T00:00:00Z"}, {"index": 10}])
def test_after_the_last_entry_is_the_end(as_viewer: Client, job: Job, ids: list[int], query: dict[str, Any]) -> None:
    assert place(as_viewer, path_of(job), **query) == {"index": 10, **END, "total": 10}


def test_a_line_that_was_pruned_leads_to_the_first_that_is_stored(as_viewer: Client, job: Job, ids: list[int]) -> None:
    LogEntry.objects.filter(job=job, line__lte=4).prune()
    for query in ({"line": 2}, {"id": ids[1]}):
        found = place(as_viewer, path_of(job), **query)
        assert (found["line"], found["index"], found["total"]) == (5, 0, 6)


def test_the_logs_of_descendants_and_of_all_jobs_have_places_too(as_viewer: Client, job: Job, ids: list[int]) -> None:
    [of_child] = append_lines(make_job("child", parent=job), 1).ids
    [of_other] = append_lines(make_job("other"), 1).ids
    family = place(as_viewer, path_of(job), children=1, id=of_child)
    assert (family["id"], family["index"], family["total"]) == (of_child, 10, 11)
    everything = place(as_viewer, SERVICE, id=of_other)
    assert (everything["id"], everything["index"], everything["total"]) == (of_other, 11, 12)
    assert place(as_viewer, SERVICE, job=job.pk, id=of_other) == {"index": 10, **END, "total": 10}


@pytest.mark.parametrize(
    ("query", "code", "allowed"),
    [
        ({}, "bad_parameter", "one of line, id, time, index"),
        ({"line": 1, "id": 1}, "bad_parameter", "line and id is given"),
        ({"line": 0}, "bad_parameter", "from 1 up"),
        ({"time": "noon"}, "bad_parameter", "RFC 3339"),
        ({"line": 1, "children": 1}, "bad_parameter", "children=1"),
        ({"line": 1, "limit": 1}, "bad_parameter", "unknown parameter"),
    ],
)
def test_what_is_no_place_is_refused(as_viewer: Client, job: Job, query: Any, code: str, allowed: str) -> None:
    assert allowed in refused(as_viewer.get(path_of(job), query), 400, code)["error"]


def test_lines_are_no_places_among_all_jobs_and_other_jobs_entries_none_in_this_log(
    as_viewer: Client, job: Job, ids: list[int]
) -> None:
    refused(as_viewer.get(SERVICE, {"line": 1}), 400, "bad_parameter")
    [other] = append_lines(make_job("other"), 1).ids
    refused(as_viewer.get(path_of(job), {"id": other}), 400, "cursor_of_another_job")


def test_places_are_for_those_who_may_read(as_stranger: Client, job: Job, viewer: User) -> None:
    refused(as_stranger.get(path_of(job), {"line": 1}), 403, "permission_missing")
    refused(as_stranger.get(SERVICE, {"id": 1}), 403, "permission_missing")


def test_a_page_around_an_entry_has_both_sides_of_it(as_viewer: Client, job: Job, ids: list[int]) -> None:
    path = f"/api/jobs/{job.pk}/logs"
    body = as_viewer.get(path, {"around": ids[4], "limit": 5}).json()
    assert [entry["line"] for entry in body["logs"]] == [3, 4, 5, 6, 7]
    assert body["meta"]["has_more"] is True
    first = as_viewer.get(path, {"around": ids[0], "limit": 5}).json()
    assert ([entry["line"] for entry in first["logs"]], first["meta"]["has_more"]) == ([1, 2, 3, 4, 5], False)
