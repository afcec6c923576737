"""Requests that are wrong in several ways: all of it is told by name, and in which order is looked."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job
from tests.api.refusals import refused
from tests.api.sending import EXECUTE, EXECUTE_ASYNC, Sender
from tests.factories import UNKNOWN_ID

WRONG_FILTER = {"level": "loud", "stream": "stdin", "from": "noon", "first_line": "0", "nothing": "1"}


@pytest.mark.parametrize("path", ["/api/service/logs", "/api/service/logs/stream"])
def test_every_wrong_parameter_of_a_log_is_told_by_name(as_viewer: Client, path: str) -> None:
    detail = refused(as_viewer.get(path, WRONG_FILTER), 400, "bad_parameter")["detail"]
    assert set(detail["problems"]) == set(WRONG_FILTER)
    assert detail["problems"]["level"] == "is 'loud': it must be one of debug, info, warn, error, fatal"
    assert detail["parameter"] in WRONG_FILTER


def test_every_wrong_parameter_of_the_list_of_jobs_is_told_by_name(as_viewer: Client) -> None:
    query = {"status": "gone", "limit": "0", "created_from": "noon", "cursor": "x", "parent": "abc", "kinds": "a"}
    body = refused(as_viewer.get("/api/jobs", query), 400, "bad_parameter")
    assert set(body["detail"]["problems"]) == set(query)
    assert all(name in body["error"] for name in query)


def test_one_wrong_parameter_is_told_with_its_value_and_what_is_allowed(as_viewer: Client) -> None:
    body = refused(as_viewer.get("/api/jobs", {"limit": "0"}), 400, "bad_parameter")
    assert body["error"] == "limit='0' is not allowed: limit is a whole number from 1 to 1000"
    assert body["detail"] == {
        "parameter": "limit",
        "value": "0",
        "allowed": "a whole number from 1 to 1000",
        "problems": {"limit": "is '0': it must be a whole number from 1 to 1000"},
    }


def test_a_parameter_twice_is_told_beside_others(as_viewer: Client) -> None:
    detail = refused(as_viewer.get("/api/jobs?limit=1&limit=2&kind=a&status=x"), 400, "bad_parameter")["detail"]
    assert set(detail["problems"]) == {"limit", "status"}


def test_a_thousand_unknown_parameters_are_no_long_answer(as_viewer: Client) -> None:
    query = "&".join(f"a{number}=1" for number in range(900))
    assert len(refused(as_viewer.get(f"/api/jobs?{query}"), 400, "bad_parameter")["error"]) < 5_000


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("", b"{", 403, "permission_missing"),
        ("", b"{}", 403, "permission_missing"),
        ("?nothing=1", b"{}", 400, "bad_parameter"),
    ],
)
@pytest.mark.parametrize("path", [EXECUTE, EXECUTE_ASYNC])
def test_a_body_is_read_of_those_alone_who_may(
    viewer: User, path: str, query: str, body: bytes, status: int, code: str
) -> None:
    refused(Sender(viewer).post(f"{path}{query}", body), status, code)


@pytest.mark.parametrize("path", ["", "/logs", "/logs/stream", "/steps"])
def test_a_job_that_is_not_there_comes_before_wrong_parameters(as_viewer: Client, path: str) -> None:
    for job_id in ("abc", UNKNOWN_ID):
        refused(as_viewer.get(f"/api/jobs/{job_id}{path}", {"limit": "0"}), 404, "no_such_job")


def test_a_job_that_is_not_there_comes_before_a_wrong_body(operating: Sender, job: Job) -> None:
    refused(operating.post(f"/api/jobs/{UNKNOWN_ID}/rerun", b"{"), 404, "no_such_job")
    refused(operating.post(f"/api/jobs/{job.pk}/rerun", b"{"), 400, "bad_json")


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"parameters": [], "from_text": 1, "attributes": "x"}, {"parameters", "from_text", "attributes"}),
        ({"parameter": {}, "parent": 5}, {"parameter", "parent"}),
    ],
)
def test_every_wrong_member_of_a_run_is_told_by_name(
    running: Sender, stock_import: None, body: Any, problems: set[str]
) -> None:
    answer = running.post("/api/runnables/Stock import/run", body)
    assert set(refused(answer, 400, "bad_body")["detail"]["problems"]) == problems


@pytest.mark.usefixtures("programs_on")
def test_all_that_is_wrong_with_an_order_is_told_by_name(running: Sender) -> None:
    order = {"program": " ", "language": "cobol", "timeout": -1, "name": "", "parent": "abc", "wait": 0}
    detail = running.refused(400, "bad_parameter", EXECUTE, **order, parameters={"a": "\0"})["detail"]
    assert set(detail["problems"]) == {*order, "parameters.a"}
    assert (detail["parameter"], detail["problem"]) == ("wait", detail["problems"]["wait"])


def test_a_program_that_may_not_be_run_here_comes_before_what_else_is_wrong(running: Sender) -> None:
    running.refused(403, "programs_off", program="1", timeout=-1)


def test_a_wrong_parent_and_wrong_parameters_are_told_together(running: Sender, stock_import: None) -> None:
    body = {"parent": "abc", "parameters": {"shop": 0, "notes": 1}}
    detail = refused(running.post("/api/runnables/Stock import/run", body), 400, "bad_parameter")["detail"]
    assert set(detail["problems"]) == {"parent", "shop", "notes"}
