"""What holds for every route of the API: who may enter, which methods there are, and JSON whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import get_resolver

from jobs.api import api, jobs
from jobs.models import Job
from jobs.web import error_views
from quaero import embedded
from tests.api.refusals import refused
from tests.api.sending import Sender
from tests.factories import make_job, make_token

UNKNOWN_ID = "00000000-0000-4000-8000-00000000dead"
PLACES = {"job_id": UNKNOWN_ID, "step_id": UNKNOWN_ID, "execution_id": UNKNOWN_ID, "name": "nowhere"}
JOB = f"/api/jobs/{UNKNOWN_ID}"


class Door(NamedTuple):
    """An operation of the API, and the right that it takes."""

    method: str
    path: str
    right: str = "read"

    def ask(self, browser: Client, **headers: str):  # type: ignore[no-untyped-def]
        return browser.generic(self.method, self.path, "{}", content_type="application/json", headers=headers)


NOT_ONLY_TO_LOOK = [
    Door("POST", "/api/execute", "run"),
    Door("POST", "/api/execute-async", "run"),
    Door("POST", "/api/runnables/nowhere/run", "run"),
    Door("POST", f"{JOB}/cancel", "write"),
    Door("POST", f"{JOB}/rerun", "write"),
    Door("DELETE", JOB, "write"),
]

OPEN = ("/api/openapi.json", "/api/docs")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path with some id in place of each parameter, and what the description tells of it, under /api/."""
    assert get_resolver().url_patterns  # with which the streams are described
    for path, methods in api.openapi["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/"):
                yield method.upper(), path.format(**PLACES), operation


def methods_by_path() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for method, path, _ in operations():
        found.setdefault(path, set()).add(method)
    return found


def doors() -> list[Door]:
    """All but those that stand open, with the right that is told."""
    found = []
    for method, path, operation in operations():
        rights = {right for each in operation["security"] for rights in each.values() for right in rights}
        found += [Door(method, path, right) for right in rights]
    return found


def test_the_description_tells_the_right_that_a_door_takes() -> None:
    there_are = doors()
    assert len(there_are) == len(list(operations())) - len(OPEN) > 19
    assert {door for door in there_are if door.right != "read"} == set(NOT_ONLY_TO_LOOK)


every_door = pytest.mark.parametrize("door", doors(), ids=lambda door: f"{door.method} {door.path}")


@every_door
@pytest.mark.django_db
def test_nobody_enters(anonymous: Client, door: Door) -> None:
    response = door.ask(anonymous)
    refused(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@every_door
def test_strangers_are_turned_away_by_session_and_token(anonymous: Client, stranger: User, door: Door) -> None:
    token = make_token(stranger, "read", "write", "run")
    refused(door.ask(anonymous, Authorization=f"Bearer {token}"), 403, "permission_missing")
    anonymous.force_login(stranger)
    refused(door.ask(anonymous), 403, "permission_missing" if door.method == "GET" else "csrf_failed")


@every_door
def test_a_token_without_the_scope_is_turned_away(anonymous: Client, admin_user: User, door: Door) -> None:
    others = {"read", "write", "run"} - {door.right}
    body = refused(door.ask(anonymous, Authorization=f"Bearer {make_token(admin_user, *others)}"), 403, "scope_missing")
    assert body["detail"] == {"scope": door.right}


@every_door
def test_a_scope_without_the_users_right_opens_nothing(
    anonymous: Client, viewer: User, operator: User, runner: User, door: Door
) -> None:
    rights = {viewer: {"read"}, operator: {"read", "write"}, runner: {"read", "run"}}
    for user, theirs in rights.items():
        response = door.ask(anonymous, Authorization=f"Bearer {make_token(user, 'read', 'write', 'run')}")
        assert (response.status_code == 403) == (door.right not in theirs), response.content


@every_door
def test_what_changes_something_takes_the_csrf_token_of_a_session(
    anonymous: Client, admin_user: User, door: Door
) -> None:
    anonymous.force_login(admin_user)
    response = door.ask(anonymous)
    assert (response.status_code == 403) == (door.method != "GET"), response.content


@every_door
def test_a_wrong_token_is_turned_away_from_a_session_too(as_viewer: Client, door: Door) -> None:
    refused(door.ask(as_viewer, Authorization="Bearer quaero_wrong"), 401, "bad_token")
    refused(door.ask(as_viewer, Authorization="quaero_no_scheme"), 401, "bad_authorization")


@every_door
def test_a_parameter_that_nothing_reads_is_refused(anonymous: Client, admin_user: User, door: Door) -> None:
    token = make_token(admin_user, "read", "write", "run")
    asked = door._replace(path=f"{door.path}?nothing=1").ask(anonymous, Authorization=f"Bearer {token}")
    is_of_a_job = asked.status_code == 404 and UNKNOWN_ID in door.path
    assert is_of_a_job or refused(asked, 400, "bad_parameter")["detail"]["parameter"] == "nothing"


@pytest.mark.parametrize("path", ["/api/tickets", "/api/execute", "/api/execute-async", "/api/runnables/nowhere/run"])
def test_a_form_of_several_parts_is_refused_by_its_type(anonymous: Client, runner: User, path: str) -> None:
    headers = {"Authorization": f"Bearer {make_token(runner, 'read', 'run')}"}
    refused(anonymous.post(path, {"path": "/api/jobs/stream"}, headers=headers), 415, "unsupported_media_type")


def test_tokens_and_sessions_see_the_same(as_viewer: Client, anonymous: Client, viewer: User, job: Job) -> None:
    by_token = anonymous.get(f"/api/jobs/{job.pk}", headers={"Authorization": f"bearer {make_token(viewer)}"})
    assert by_token.json() == as_viewer.get(f"/api/jobs/{job.pk}").json()


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/jobs/",
        "/api/jobs/a/b/c",
        "/api/jobs/1/",
        "/v1/logs",
        "/v1/",
        "/api//jobs",
    ],
)
def test_where_there_is_nothing_is_a_404_in_json(as_viewer: Client, path: str) -> None:
    body = refused(as_viewer.get(path), 404, "not_found")
    assert "slash" in body["error"] or not path.endswith("/")


@pytest.mark.parametrize("path", methods_by_path())
@pytest.mark.django_db
def test_other_methods_are_refused_with_those_there_are(anonymous: Client, path: str) -> None:
    there_are = methods_by_path()[path]
    there_are |= {"HEAD"} if "GET" in there_are else set()
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - there_are:
        response = anonymous.generic(method, path)
        assert (response.status_code, response.headers["Allow"]) == (405, ", ".join(sorted(there_are))), method
        if method != "HEAD":
            refused(response, 405, "method_not_allowed")


def test_head_is_get_without_the_body(as_viewer: Client, job: Job) -> None:
    path = f"/api/jobs/{job.pk}/logs"
    head, get = as_viewer.head(path), as_viewer.get(path)
    assert (head.status_code, head.content, dict(head.headers)) == (200, b"", dict(get.headers))
    assert as_viewer.head("/api/jobs/abc").status_code == 404


def test_nothing_is_kept_by_caches(as_viewer: Client, job: Job) -> None:
    for path in ("/api/jobs", f"/api/jobs/{job.pk}", "/api/service/logs", "/api/nothing"):
        assert as_viewer.get(path).headers["Cache-Control"] == "no-store"


def test_what_goes_wrong_here_is_a_500_without_its_reason(
    viewer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(jobs, "page_of_jobs", fail)
    browser = Client(raise_request_exception=False)
    browser.force_login(viewer)
    response = browser.get("/api/jobs")
    refused(response, 500, "internal_error")
    assert b"secret" not in response.content
    assert "the secret reason" in caplog.text


@pytest.mark.parametrize(("view", "status"), [("not_found", 404), ("forbidden", 403), ("bad_request", 400)])
def test_djangos_own_errors_are_json_for_programs_and_pages_for_people(view: str, status: int) -> None:
    answer = getattr(error_views, view)
    refused(answer(RequestFactory().get("/api/x"), Exception("secret")), status)
    page = answer(RequestFactory().get("/jobs/x"), Exception("secret"))
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.django_db
def test_a_failed_csrf_check_is_json_for_programs_and_a_page_for_people(anonymous: Client) -> None:
    refused(error_views.csrf_failure(RequestFactory().post("/v1/x"), "no cookie"), 403, "csrf_failed")
    page = anonymous.post("/login/", {"username": "a"})
    assert (page.status_code, page.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_every_address_under_api_belongs_to_the_api_or_the_streams() -> None:
    assert [str(p.pattern) for p in get_resolver().url_patterns if str(p.pattern).startswith("api")] == []
    places = [str(p.pattern) for p in embedded.urlpatterns]
    assert places == ["", "api/", "^api/", ""]  # streams, the API, what is neither, pages


@pytest.mark.django_db
def test_a_token_that_may_not_read_learns_ids_alone(operator: User) -> None:
    sender = Sender(operator, "write")
    job = make_job("secret name", status="pending")
    told = sender.post(f"/api/jobs/{job.pk}/cancel")
    assert told.status_code == 200
    assert told.json() == {"job": None, "cancelled": [str(job.pk)]}
    assert b"secret name" not in sender.post(f"/api/jobs/{job.pk}/cancel").content
    running = make_job("secret name")
    assert b"secret name" not in sender.delete(f"/api/jobs/{running.pk}").content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["jobs/stream", f"jobs/{UNKNOWN_ID}/logs/stream", f"logs/{UNKNOWN_ID}"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_stream_is_only_opened(viewer: User, path: str, method: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {make_token(viewer)}"}
    response = browser.generic(method, f"/api/{path}", headers=headers)
    refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD"
