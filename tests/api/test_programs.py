"""Ordering programs over HTTP: what is accepted, and what is said about everything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from jobs.models import SERVICE_JOB_ID, Job, JobSecret
from jobs.running.ordering import pending
from tests.api.refusals import refused
from tests.api.sending import EXECUTE, EXECUTE_ASYNC, Sender, answered
from tests.factories import make_job

pytestmark = pytest.mark.usefixtures("programs_on")

MIB = 1024 * 1024


def test_an_order_becomes_a_pending_job_at_once(running: Sender) -> None:
    answer = answered(running.post(EXECUTE_ASYNC, {"program": "print(1)\n"}))
    assert list(answer) == ["execution_id"]
    job = Job.objects.get(pk=answer["execution_id"])
    assert (job.kind, job.status, job.name, job.created_by) == ("program", "pending", "print(1)", running.user)
    assert job.due_at is not None
    assert job.spec == {
        "type": "program",
        "program": "print(1)\n",
        "language": "python",
        "timeout": None,
        "parameters": {},
        "secrets": [],
    }


def test_an_order_may_tell_more(running: Sender) -> None:
    parent = make_job("parent")
    job = running.ordered(
        program="exit 0",
        language="shell",
        name="  nightly ",
        timeout=1,
        attributes={"host": "a"},
        parameters={"day": 1, "tags": ["x"]},
        parent=str(parent.pk),
    )
    assert (job.name, job.attributes, job.parent) == ("nightly", {"host": "a"}, parent)
    assert (job.spec["language"], job.spec["timeout"]) == ("shell", 1)
    assert job.spec["parameters"] == {"day": 1, "tags": ["x"]}


def test_a_browser_runs_programs_with_its_csrf_token(as_runner: Client) -> None:
    as_runner.get("/")
    headers = {"X-CSRFToken": as_runner.cookies["csrftoken"].value}
    order = {"program": "1"}
    assert as_runner.post(EXECUTE_ASYNC, order, "application/json", headers=headers).status_code == 200
    refused(as_runner.post(EXECUTE_ASYNC, order, "application/json"), 403, "csrf_failed")


@pytest.mark.parametrize("program", ["x" * MIB, "é" * (MIB // 2), "\1" * MIB])
def test_a_program_of_a_mebibyte_is_accepted(running: Sender, program: str) -> None:
    assert running.ordered(program=program).spec["program"] == program


@pytest.mark.parametrize("program", ["x" * (MIB + 1), "é" * (MIB // 2 + 1), "x" * 9 * MIB])
def test_a_larger_one_is_not(running: Sender, program: str) -> None:
    running.refused(413, "too_large", program=program)


@pytest.mark.parametrize("program", ["", " \n\t", "print(1)\0"])
def test_a_program_that_is_none_is_refused(running: Sender, program: str) -> None:
    assert running.refused(400, "bad_parameter", program=program)["detail"]["parameter"] == "program"


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("language", "perl", "use one of python, shell"),
        ("language", "", "use one of python, shell"),
        ("language", "Python", "use one of python, shell"),
        ("timeout", 0, "more than 0 and at most 604800"),
        ("timeout", -1, "more than 0"),
        ("timeout", 10 * 365 * 86400, "at most 604800 (7 days)"),
        ("timeout", 604_800.001, "at most 604800"),
        ("name", "", "leave it out, or give one"),
        ("name", " \t ", "leave it out, or give one"),
        ("name", "a\0b", "control character"),
        ("name", "a\nb", "control character"),
        ("name", "a\x1b[2Jb", "control character"),
        ("name", "a\u2028b", "control character"),
        ("name", "x" * 256, "at most 255"),
        ("parent", "", "the id of a job"),
        ("parent", "abc", "the id of a job"),
        ("parent", "00000000-0000-4000-8000-00000000dead", "the id of a job"),
        ("parent", str(SERVICE_JOB_ID), "the id of a job"),
        ("secrets", ["day"], "names day, of which no parameter has the name"),
        ("parameters", {"": 1}, "has a name that is not 1 to 200 characters"),
        ("parameters", {"a\0": 1}, "without NUL"),
        ("parameters", {"x" * 201: 1}, "has a name"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_is_allowed(
    running: Sender, member: str, value: object, words: str
) -> None:
    body = running.refused(400, "bad_parameter", **{"program": "1", member: value})
    assert body["detail"]["parameter"] == member
    assert body["error"].startswith(member)
    assert words in body["error"]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({}, "program is missing: it must be text"),
        ({"program": None}, "program must be text, not null"),
        ({"program": 1}, "program must be text, not a number"),
        ({"program": ["1"]}, "program must be text, not a list"),
        ({"program": "1", "language": None}, "language must be text, not null"),
        ({"program": "1", "name": 5}, "name must be text, or null, not a number"),
        ({"program": "1", "timeout": "60"}, "timeout must be a number, or null, not a text"),
        ({"program": "1", "timeout": True}, "timeout must be a number, or null, not true"),
        ({"program": "1", "timeout": 10**400}, "timeout must be a number, or null, not a number of so many digits"),
        ({"program": "1", "attributes": []}, "attributes must be an object, not a list"),
        ({"program": "1", "attributes": None}, "attributes must be an object, not null"),
        ({"program": "1", "parameters": "x"}, "parameters must be an object, not a text"),
        ({"program": "1", "secrets": "x"}, "secrets must be a list, each item text, not a text"),
        ({"program": "1", "secrets": [1]}, "secrets must be a list, each item text (`$[0]` is wrong)"),
        ({"program": "1", "parent": 1}, "parent must be text, or null, not a number"),
        ({"program": "1", "wait": 1}, "wait is unknown"),
        ({"program": "1", "code": "1"}, "code is unknown (its members are program, language, name, timeout,"),
    ],
)
def test_a_body_of_wrong_types_is_refused_with_the_place(running: Sender, order: dict[str, Any], words: str) -> None:
    body = running.refused(400, "bad_body", **order)
    assert words in body["error"]
    assert "program" in body["detail"]["members"]


def test_all_that_is_wrong_with_a_body_is_told_at_once_by_member(running: Sender) -> None:
    body = running.refused(400, "bad_body", language=5, secrets=["a", 1, None], wait=1, code=2)
    assert body["detail"]["problems"] == {
        "program": "is missing: it must be text",
        "language": "must be text, not a number",
        "secrets": "must be a list, each item text (`$[1]` is wrong)",
        "wait": "is unknown",
        "code": "is unknown",
    }
    assert "language must be text, not a number; secrets must be a list" in body["error"]


def test_of_thousands_of_unknown_members_some_are_told(running: Sender) -> None:
    body = running.refused(400, "bad_body", **{f"member {number}": 1 for number in range(5_000)}, program=1)
    assert len(body["detail"]["problems"]) == 21
    assert "program" in body["detail"]["problems"]


def test_a_wrong_member_is_told_without_its_value_which_may_be_secret(running: Sender) -> None:
    for parameters in ("hunter2", ["hunter2"]):
        assert "hunter2" not in str(running.refused(400, "bad_body", program="1", parameters=parameters))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"program=1",
        b'{"program": "\xff"}',
        b'{"program": "\\ud800"}',
        b'{"program": "x \\udc00 is half of a character"}',
        b'{"program": "1", "name": "\\ud800\\ud800 lone"}',
        b'{"program": "1", "parameters": {"\\udc00 is lone": 1}}',
        b'{"program": "1", "attributes": {"a": ["\\ud83d"]}}',
        b'{"program": "1", "timeout": NaN}',
        b'{"program": "1", "parameters": {"a": Infinity}}',
        b'{"program": "1", "parameters": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"program": "1"} {}',
        b'\xef\xbb\xbf{"program": "1"}',
    ],
)
@pytest.mark.parametrize("path", [EXECUTE_ASYNC, EXECUTE])
def test_a_body_that_is_no_json_is_refused(running: Sender, path: str, body: bytes) -> None:
    refused(running.post(path, body), 400, "bad_json")
    assert Job.objects.listed().count() == 0


@pytest.mark.parametrize("body", [b"[]", b"null", b'"print(1)"', b"1", b"true"])
def test_a_body_that_is_no_object_is_refused(running: Sender, body: bytes) -> None:
    answer = refused(running.post(EXECUTE_ASYNC, body), 400, "bad_body")
    assert "body must be an object with program, language" in answer["error"]
    assert list(answer["detail"]["problems"]) == ["body"]


def test_a_form_is_refused(running: Sender, as_runner: Client) -> None:
    form = "application/x-www-form-urlencoded"
    refused(running.post(EXECUTE_ASYNC, b"program=print(1)&language=python", form), 400, "bad_json")
    as_runner.get("/")
    order = {"program": "1", "csrfmiddlewaretoken": as_runner.cookies["csrftoken"].value}
    refused(as_runner.post(EXECUTE_ASYNC, order), 415, "unsupported_media_type")


@pytest.mark.parametrize("member", ["parameters", "attributes"])
def test_what_is_too_large_for_a_row_or_an_environment_is_refused(running: Sender, member: str) -> None:
    assert running.ordered(**{"program": "1", member: {"a": "x" * 65_000}})
    for large in ({"a": "x" * 66_000}, {"a": "é" * 12_000}, {f"{n}": n for n in range(9000)}):
        body = running.refused(413, "too_large", **{"program": "1", member: large})
        assert body["detail"]["parameter"] == member


@pytest.mark.parametrize("value", ["a\0b", {"a": ["\0"]}])
def test_a_parameter_that_would_become_another_is_refused(running: Sender, value: object) -> None:
    body = running.refused(400, "bad_parameter", program="1", parameters={"a": value})
    assert body["detail"]["parameter"] == "parameters.a"
    assert "no NUL" in body["error"]


@pytest.mark.parametrize(
    ("allowed", "language", "words"),
    [((), "python", "no programs at all"), (("python",), "shell", "only python"), (("shell",), "python", "only shell")],
)
@pytest.mark.parametrize("path", [EXECUTE_ASYNC, EXECUTE])
def test_a_language_that_is_off_is_refused(
    running: Sender, settings: Settings, allowed: tuple[str, ...], language: str, words: str, path: str
) -> None:
    settings.QUAERO_PROGRAMS = allowed
    body = running.refused(403, "programs_off", path, program="1", language=language)
    assert f"QUAERO_PROGRAMS allows {words}" in body["error"]
    assert body["detail"] == {"allowed": list(allowed)}


@pytest.mark.parametrize("cancelled", [{"status": "cancelled"}, {"cancel_requested_at": "2026-01-31T12:00:00Z"}])
def test_a_job_that_is_to_end_gets_no_more_children(running: Sender, cancelled: dict[str, str]) -> None:
    parent = make_job("parent")
    Job.objects.filter(pk=parent.pk).update(**cancelled)
    body = running.refused(409, "parent_is_cancelled", program="1", parent=str(parent.pk))
    assert str(parent.pk) in body["error"]


def test_a_full_family_takes_no_more(running: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_CHILDREN", 0)
    parent = str(make_job("parent").pk)
    body = running.refused(409, "family_is_full", program="1", parent=parent)
    assert set(body["detail"]) == {"parameter", "problem"}


def test_a_parent_is_only_for_those_who_may_look(runner: User) -> None:
    blind = Sender(runner, "run")
    blind.refused(403, "scope_missing", program="1", parent=str(make_job().pk))
    assert blind.ordered(program="1")


def test_secret_parameters_are_named_and_sealed(running: Sender) -> None:
    parameters = {"day": 1, "key": "k-1", "DB_PASSWORD": "p-2", "apiToken": 345678}
    job = running.ordered(program="1", parameters=parameters, secrets=["key"])
    assert job.spec["parameters"] == {"day": 1}
    assert job.spec["secrets"] == ["DB_PASSWORD", "apiToken", "key"]
    assert sorted(JobSecret.objects.values_list("name", flat=True)) == job.spec["secrets"]


@pytest.mark.parametrize("value", [None, True, ["x"], {"a": "x"}])
def test_a_secret_is_a_text_or_a_number(running: Sender, value: object) -> None:
    body = running.refused(400, "bad_parameter", program="1", parameters={"password": value})
    assert body["detail"]["parameter"] == "parameters.password"


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("#!/usr/bin/env python3\n# Reads the stock\nx", "Reads the stock"),
        ("\n\n  x = 1", "x = 1"),
        ("/opt/tool --run", "/opt/tool --run"),
        ("import os\nfrom shop import stock\n\nstock.read()", "stock.read()"),
        ("set -eu\nmake", "make"),
        ("important = 1", "important = 1"),
        ("import os\n", "python program"),
        ("#\n#\n", "python program"),
        ("\1\2\n\3", "python program"),
        ("a" * 500, "a" * 79 + "…"),
        ("curl --token=abc x", "curl --token=*** x"),
        ("login('k-123')", "login('***')"),
    ],
)
def test_a_program_without_a_name_is_called_by_its_first_line(running: Sender, program: str, name: str) -> None:
    assert running.ordered(program=program, parameters={"password": "k-123"}).name == name
