"""Running registered jobs over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from jobs.models import Job
from tests.api.refusals import refused
from tests.api.sending import Sender
from tests.factories import make_job
from tests.orders import program, registered

pytestmark = pytest.mark.usefixtures("programs_on", "stock_import")

RUN = "/api/runnables/Stock import/run"


def test_a_registered_job_is_run(running: Sender) -> None:
    parent = make_job("parent")
    job = running.ordered(RUN, parameters={"shop": 3}, attributes={"a": 1}, parent=str(parent.pk))
    assert (job.name, job.kind, job.status, job.created_by) == ("Stock import", "registered", "pending", running.user)
    assert (job.parent, job.attributes, job.exclusive) == (parent, {"a": 1}, "")
    assert [(step.name, step.status) for step in job.steps.all()] == [("Read", "pending"), ("Store", "pending")]
    assert job.spec == {
        "type": "registered",
        "runnable": "Stock import",
        "parameters": {"shop": 3, "note": "", "password": None},
        "secrets": [],
        "timeout": 60,
        "retries": 2,
        "concurrency": "allow",
    }


def test_wrong_parameters_are_refused_each_by_name(running: Sender) -> None:
    body = running.refused(400, "bad_parameters", RUN, parameters={"shop": 0, "notes": "x", "password": 5})
    problems = body["detail"]["problems"]
    assert problems["shop"] == "must be a whole number from 1 up, not 0"
    assert "use some of shop, note, password" in problems["notes"]
    assert problems["password"] == "must be text, or null"
    assert "shop must be" in body["error"]


def test_a_missing_parameter_is_named_without_a_body_too(running: Sender) -> None:
    for body in (b"", b" \n", {}, {"parameters": {}}):
        problems = refused(running.post(RUN, body), 400, "bad_parameters")["detail"]["problems"]
        assert problems == {"shop": "is missing: it must be a whole number from 1 up"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"[]", "bad_body"),
        (b'{"parameters": []}', "bad_body"),
        (b'{"shop": 3}', "bad_body"),
        (b'{"parameters": {"shop": 3}, "parent": "abc"}', "bad_parameter"),
        (b'{"parameters": {"shop": 3, "note": "\\ud800 x"}}', "bad_json"),
        (b'{"parameters": {"shop": 3, "note": "\\u0000"}}', "bad_parameters"),
        (b'{"parameters": {"shop": 3, "note": ' + b"[" * 99_999 + b"]" * 99_999 + b"}}", "bad_json"),
        (b'{"parameters": {"shop": 1e400}}', "bad_body"),
        (b'{"parameters": {"shop": 1' + b"0" * 5000 + b"}}", "bad_body"),
        (b"shop=3", "bad_json"),
    ],
)
def test_a_wrong_body_is_refused(running: Sender, body: bytes, code: str) -> None:
    refused(running.post(RUN, body), 400, code)
    assert Job.objects.listed().count() == 0


def test_parameters_that_no_environment_can_hold_are_refused(running: Sender) -> None:
    for large in ({"note": "x" * 70_000}, {"password": "x" * 70_000}):
        body = running.refused(413, "too_large", RUN, parameters={"shop": 3, **large})
        assert body["detail"]["parameter"] == "parameters"


@pytest.mark.parametrize("name", ["nowhere", "%00", "stock import"])
def test_a_registered_job_that_is_not_there_is_refused_with_what_is(running: Sender, name: str) -> None:
    body = running.refused(404, "no_such_runnable", f"/api/runnables/{name}/run")
    assert "Stock import" in body["error"]
    assert "Stock import" in body["detail"]["known"]


@pytest.mark.parametrize("path", [RUN, "/api/jobs/{job}/rerun"])
def test_a_form_of_a_browser_is_refused_where_the_body_may_be_left_out(admin_client: Client, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = admin_client.cookies
    browser.get("/")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    refused(browser.post(path.format(job=program().pk), form), 415, "unsupported_media_type")


def test_one_that_runs_already_is_skipped_and_leaves_no_job(running: Sender) -> None:
    with registered(lambda: None, name="alone", concurrency="skip"):
        first = running.ordered("/api/runnables/alone/run", parameters={})
        body = running.refused(409, "already_runs", "/api/runnables/alone/run")
    assert body["detail"] == {"job": str(first.pk)}
    assert "alone is pending already" in body["error"]
