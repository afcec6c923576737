"""Pages of logs over HTTP, in the shape of a `logs` event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from jobs.models import Job, LogEntry
from jobs.recording import NewEntry, append
from tests.api.refusals import refused
from tests.factories import NOON, UNKNOWN_ID, append_lines, make_job, make_step

SERVICE = "/api/service/logs"


def path_of(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs"


def page(browser: Client, path: str, **query: Any) -> dict[str, Any]:
    response = browser.get(path, {name.rstrip("_"): value for name, value in query.items()})
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def lines(browser: Client, path: str, **query: Any) -> list[int]:
    return [entry["line"] for entry in page(browser, path, **query)["logs"]]


def test_an_entry_has_the_members_of_the_wire(as_viewer: Client, job: Job) -> None:
    step = make_step(job)
    append(job, [NewEntry("\x1b[1mred", "error", NOON, step, "stderr", "df", {"free": 0})])
    [entry] = page(as_viewer, path_of(job))["logs"]
    assert entry == {
        "id": LogEntry.objects.get().pk,
        "line": 1,
        "timestamp": "2026-01-31T12:00:00.000000Z",
        "level": "error",
        "stream": "stderr",
        "source": "df",
        "message": "red",
        "ansi": "\x1b[1mred",
        "fields": {"free": 0},
        "job_id": str(job.pk),
        "job_name": job.name,
        "step_id": str(step.pk),
        "step_name": "fetch",
    }


def test_what_an_entry_does_not_have_is_left_out(as_viewer: Client, job: Job) -> None:
    append_lines(job, 1)
    [entry] = page(as_viewer, path_of(job))["logs"]
    assert not {"ansi", "fields"} & set(entry)
    assert (entry["step_id"], entry["step_name"]) == (None, None)


def test_a_page_is_the_last_hundred_with_its_meta(as_viewer: Client, job: Job) -> None:
    ids = append_lines(job, 120).ids
    body = page(as_viewer, path_of(job))
    assert [entry["id"] for entry in body["logs"]] == list(ids[20:])
    assert body["meta"] == {
        "total_count": 120,
        "displayed_count": 120,
        "has_more": True,
        "oldest_id": ids[20],
        "newest_id": ids[-1],
    }


def test_paging_both_ways_gives_every_line_once(as_viewer: Client, job: Job) -> None:
    append_lines(job, 25)
    back, before = [], {}
    while found := page(as_viewer, path_of(job), limit=7, **before)["logs"]:
        back, before = [*(entry["line"] for entry in found), *back], {"before": found[0]["id"]}
    on, since = [], 0
    while found := page(as_viewer, path_of(job), limit=7, since=since)["logs"]:
        on, since = [*on, *(entry["line"] for entry in found)], found[-1]["id"]
    assert back == on == list(range(1, 26))


def test_every_filter_reaches_the_page(as_viewer: Client, job: Job) -> None:
    step = make_step(job)
    append(
        job, [NewEntry("one", "debug", NOON), NewEntry("two", "warn", step=step), NewEntry("Three", stream="stderr")]
    )
    path = path_of(job)
    assert lines(as_viewer, path, step=step.pk) == [2]
    assert lines(as_viewer, path, level="info") == [2, 3]
    assert lines(as_viewer, path, stream="stderr") == [3]
    assert lines(as_viewer, path, search="tHREE") == [3]
    assert lines(as_viewer, path, to="2026-01-31T12:00:00Z") == [1]
    assert lines(as_viewer, path, from_="2026-01-31T12:00:00.000001Z") == [2, 3]
    assert lines(as_viewer, path, first_line=2, last_line=2) == [2]
    assert lines(as_viewer, path, offset=1, limit=1) == [2]


def test_source_and_fields_reach_every_page_and_are_counted(as_viewer: Client, job: Job) -> None:
    append(job, [NewEntry("one", source="app.db", fields={"shop": 7, "http": {"status": "500"}})])
    append(job, [NewEntry("two", source="app.db", fields={"shop": 8})])
    append(make_job("other"), [NewEntry("three", source="app.db", fields={"shop": 7})])
    for path, found in ((path_of(job), [1]), (SERVICE, [1, 1])):
        body = page(as_viewer, path, **{"fields.shop": 7, "source": "app.db"})
        assert [entry["line"] for entry in body["logs"]] == found
        assert body["meta"]["displayed_count"] == len(found)
    assert lines(as_viewer, path_of(job), **{"fields.http.status": 500}) == [1]
    assert lines(as_viewer, path_of(job), source="app") == []


def test_the_service_log_has_all_jobs_and_can_be_narrowed_to_one(as_viewer: Client, job: Job) -> None:
    append_lines(job, 30)
    append_lines(make_job("other"), 30)
    everything = page(as_viewer, SERVICE)
    assert (len(everything["logs"]), everything["meta"]["total_count"]) == (50, 60)
    narrowed = page(as_viewer, SERVICE, job=job.pk)
    assert {entry["job_name"] for entry in narrowed["logs"]} == {job.name}
    assert narrowed["meta"]["total_count"] == 30


WRONG = [
    ({"level": "loud"}, "level", "debug, info, warn, error, fatal"),
    ({"stream": "stdin"}, "stream", "stdout, stderr, system"),
    ({"limit": "0"}, "limit", "from 1 to 1000"),
    ({"limit": "-1"}, "limit", "from 1 to 1000"),
    ({"limit": "abc"}, "limit", "from 1 to 1000"),
    ({"limit": "1001"}, "limit", "from 1 to 1000"),
    ({"step": "abc"}, "step", "the id of a step"),
    ({"step": str(UNKNOWN_ID)}, "step", "the id of a step"),
    ({"since": "abc"}, "since", "from 0 up"),
    ({"before": "-1"}, "before", "from 0 up"),
    ({"offset": "1.5"}, "offset", "from 0 up"),
    ({"from": "noon"}, "from", "RFC 3339"),
    ({"first_line": "0"}, "first_line", "from 1 up"),
    ({"search": "x" * 1001}, "search", "at most 1000"),
    ({"source": "x" * 1001}, "source", "at most 1000"),
    ({"fields.a..b": "7"}, "fields.a..b", "NAME=VALUE"),
    ({"fields.a": "x" * 1001}, "fields.a", "NAME=VALUE"),
    ({"fields": "a=7"}, "fields", "fields.NAME"),
    ({"levle": "info"}, "levle", "level"),
    ({"ticket": "abc"}, "ticket", "level"),
]


@pytest.mark.parametrize(("query", "name", "allowed"), WRONG)
def test_a_wrong_parameter_is_refused_with_what_is_allowed(
    as_viewer: Client, job: Job, query: dict[str, str], name: str, allowed: str
) -> None:
    for path in (path_of(job), SERVICE):
        body = refused(as_viewer.get(path, query), 400, "bad_parameter")
        assert body["detail"]["parameter"] == name
        assert allowed in body["error"]


def test_a_step_of_another_job_is_refused(as_viewer: Client, job: Job) -> None:
    step = make_step(make_job("other"))
    refused(as_viewer.get(path_of(job), {"step": step.pk}), 400, "bad_parameter")
    assert lines(as_viewer, SERVICE, step=step.pk) == []


def test_a_job_is_no_parameter_of_a_job(as_viewer: Client, job: Job) -> None:
    refused(as_viewer.get(path_of(job), {"job": job.pk}), 400, "bad_parameter")
    refused(as_viewer.get(SERVICE, {"job": uuid4()}), 400, "bad_parameter")


@pytest.mark.parametrize("name", ["since", "before"])
def test_a_cursor_of_another_job_is_refused(as_viewer: Client, job: Job, name: str) -> None:
    [other] = append_lines(make_job("other"), 1).ids
    refused(as_viewer.get(path_of(job), {name: other}), 400, "cursor_of_another_job")


@pytest.mark.parametrize("query", [{"since": 0, "before": 5}, {"since": 0, "offset": 0}, {"before": 1, "offset": 0}])
def test_a_page_begins_in_one_way_only(as_viewer: Client, job: Job, query: dict[str, int]) -> None:
    body = refused(as_viewer.get(path_of(job), query), 400, "bad_parameter")
    assert "at most one of since, before, offset" in body["error"]


@pytest.mark.parametrize("name", ["since", "before", "offset"])
def test_the_beginning_is_a_place_like_any(as_viewer: Client, job: Job, name: str) -> None:
    append_lines(job, 3)
    assert lines(as_viewer, path_of(job), limit=2, **{name: 0}) == ([] if name == "before" else [1, 2])


def test_the_end_of_numbers_is_no_error_of_the_server(as_viewer: Client, job: Job) -> None:
    append_lines(job, 3)
    for name in ("offset", "first_line"):
        assert lines(as_viewer, path_of(job), **{name: 2**63 - 1}) == []
    assert lines(as_viewer, path_of(job), last_line=2**63 - 1) == [1, 2, 3]
    assert page(as_viewer, path_of(job), since=2**63 - 1)["meta"]["reset"] == "unknown_cursor"


def test_a_cursor_that_is_stored_resets_nothing(as_viewer: Client, job: Job) -> None:
    ids = append_lines(job, 3).ids
    assert "reset" not in page(as_viewer, path_of(job), since=ids[0])["meta"]
    assert "reset" not in page(as_viewer, path_of(job))["meta"]


def test_after_a_lost_cursor_comes_the_first_that_is_stored(as_viewer: Client, job: Job) -> None:
    ids = append_lines(job, 9).ids
    LogEntry.objects.filter(line__lte=4).prune()
    body = page(as_viewer, path_of(job), since=ids[0], limit=2)
    assert ([entry["line"] for entry in body["logs"]], body["meta"]["reset"]) == ([5, 6], "pruned")
    exact = page(as_viewer, path_of(job), since=ids[3], limit=2)
    assert ([entry["line"] for entry in exact["logs"]], "reset" in exact["meta"]) == ([5, 6], False)


def test_before_a_lost_cursor_come_the_newest(as_viewer: Client, job: Job) -> None:
    ids = append_lines(job, 9).ids
    LogEntry.objects.filter(line=7).delete()
    body = page(as_viewer, path_of(job), before=ids[6], limit=2)
    assert ([entry["line"] for entry in body["logs"]], body["meta"]["reset"]) == ([8, 9], "unknown_cursor")


def test_a_long_line_arrives_whole(as_viewer: Client, job: Job) -> None:
    append_lines(job, ["é" * 500_000, "next"])
    first = page(as_viewer, path_of(job), since=0)["logs"]
    assert first[0]["message"] == "é" * 500_000


def test_queries_of_a_page_do_not_grow_with_the_log(
    as_viewer: Client, job: Job, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    steps = [make_step(job, str(n)) for n in range(5)]
    for step in steps:
        append_lines(job, 100, step=step)
    # session, user, two of permissions, the job, whether its log is all there, the entries, the names of job
    # and steps, the counters
    with django_assert_max_num_queries(10):
        page(as_viewer, path_of(job), limit=1000)
    with django_assert_max_num_queries(9):
        page(as_viewer, SERVICE, limit=1000)
