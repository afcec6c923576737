"""Tickets: for a stream that is there, to a caller who may read."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from jobs.access import Caller, stream_caller_of
from jobs.models import Job
from tests.api.refusals import refused
from tests.factories import UNKNOWN_ID, make_token

TICKETS = "/api/tickets"
STREAMS = ["/api/jobs/stream", "/api/service/logs/stream"]


def ask(browser: Client, body: object, **headers: str):  # type: ignore[no-untyped-def]
    return browser.post(TICKETS, body, content_type="application/json", headers=headers)


def bearer(user: User, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(user, *scopes)}"}


def test_a_ticket_opens_the_stream_it_was_asked_for(anonymous: Client, viewer: User, job: Job) -> None:
    for path in (*STREAMS, f"/api/jobs/{job.pk}/logs/stream", f"/api/logs/{job.pk}"):
        response = ask(anonymous, {"path": path}, **bearer(viewer))
        assert response.status_code == 200
        body = response.json()
        opened = stream_caller_of(RequestFactory().get(path, {"ticket": body["ticket"]}))
        assert (opened, body["expires_in"]) == (Caller(viewer, frozenset({"read"})), 60)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/api/jobs",
        "/api/streams/status",
        "/api/jobs/stream?level=info",
        "/api/jobs/stream/",
        "api/jobs/stream",
        "http://localhost/api/jobs/stream",
        "/api/jobs//logs/stream",
        "/admin/",
    ],
)
def test_only_streams_have_tickets(anonymous: Client, viewer: User, path: str) -> None:
    body = refused(ask(anonymous, {"path": path}, **bearer(viewer)), 400, "bad_parameter")
    assert "/api/service/logs/stream" in body["error"]


@pytest.mark.parametrize("job_id", [str(UNKNOWN_ID), "abc"])
def test_a_job_that_is_not_there_has_no_stream(anonymous: Client, viewer: User, job_id: str) -> None:
    path = f"/api/jobs/{job_id}/logs/stream"
    refused(ask(anonymous, {"path": path}, **bearer(viewer)), 404, "no_such_job")


def test_who_may_not_read_gets_no_ticket(anonymous: Client, viewer: User, stranger: User) -> None:
    body = {"path": STREAMS[0]}
    refused(ask(anonymous, body), 401, "unauthenticated")
    refused(ask(anonymous, body, **bearer(stranger)), 403, "permission_missing")
    refused(ask(anonymous, body, **bearer(viewer, "write")), 403, "scope_missing")


def test_a_session_needs_the_csrf_token(as_viewer: Client) -> None:
    refused(ask(as_viewer, {"path": STREAMS[0]}), 403, "csrf_failed")
    as_viewer.cookies["csrftoken"] = "c" * 32
    refused(ask(as_viewer, {"path": STREAMS[0]}, **{"X-CSRFToken": "d" * 32}), 403, "csrf_failed")
    foreign = {"X-CSRFToken": "c" * 32, "Origin": "https://elsewhere.example"}
    body = refused(ask(as_viewer, {"path": STREAMS[0]}, **foreign), 403, "csrf_failed")
    assert "another address" in body["error"]
    assert ask(as_viewer, {"path": STREAMS[0]}, **{"X-CSRFToken": "c" * 32}).status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ("{", "bad_json", "not valid JSON"),
        (b"\xff", "bad_json", "not valid JSON"),
        ("", "bad_json", "not valid JSON"),
        ("{}", "bad_body", "path is missing: it must be text"),
        ("[]", "bad_body", "body must be an object with path, not a list"),
        ('{"path": 1}', "bad_body", "path must be text, not a number"),
        ('{"path": null}', "bad_body", "path must be text, not null"),
        ('{"path": "/api/jobs/stream", "paht": 1}', "bad_body", "paht is unknown (its members are path)"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    anonymous: Client, viewer: User, body: str | bytes, code: str, text: str
) -> None:
    assert text in refused(ask(anonymous, body, **bearer(viewer)), 400, code)["error"]


def test_a_form_is_no_json(anonymous: Client, as_viewer: Client, viewer: User) -> None:
    refused(anonymous.post(TICKETS, {"path": STREAMS[0]}, headers=bearer(viewer)), 415, "unsupported_media_type")
    as_viewer.cookies["csrftoken"] = "c" * 32  # and the check reads the form before us
    form = {"path": STREAMS[0], "csrfmiddlewaretoken": "c" * 32}
    refused(as_viewer.post(TICKETS, form), 415, "unsupported_media_type")


def test_what_curl_calls_a_form_is_read_as_the_json_it_is(anonymous: Client, viewer: User) -> None:
    form = "application/x-www-form-urlencoded"
    body = '{"path": "/api/jobs/stream"}'
    assert anonymous.post(TICKETS, body, content_type=form, headers=bearer(viewer)).status_code == 200


def test_strangers_are_turned_away_before_their_body_is_read(anonymous: Client) -> None:
    refused(ask(anonymous, "{"), 401)


def test_a_body_beyond_bounds_is_refused(anonymous: Client, viewer: User) -> None:
    refused(ask(anonymous, {"path": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}, **bearer(viewer)), 413, "too_large")
