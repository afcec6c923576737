"""What holds for every route of the API: who may enter, which methods there are, and JSON whatever happens."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from ninja.errors import HttpError, ValidationError

from jobs import error_views
from jobs.api import api, jobs
from jobs.api.refusals import refuse
from jobs.models import Job
from tests.api.refusals import refused
from tests.factories import make_token

OPEN_TO_ALL = {"openapi-json", "api-root"}


def routes() -> list[str]:
    """Every path of the API, with some id in place of each parameter."""
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    assert len(patterns) > 6
    return [
        "/api/" + str(pattern.pattern).replace("<job_id>", str(uuid4())).replace("<step_id>", str(uuid4()))
        for pattern in patterns
        if pattern.name not in OPEN_TO_ALL
    ]


def ask(browser: Client, path: str, **headers: str):  # type: ignore[no-untyped-def]
    if path == "/api/tickets":
        return browser.post(path, {"path": "/api/jobs/stream"}, content_type="application/json", headers=headers)
    return browser.get(path, headers=headers)


@pytest.mark.parametrize("path", routes())
@pytest.mark.django_db
def test_nobody_enters(anonymous: Client, path: str) -> None:
    response = ask(anonymous, path)
    refused(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", routes())
def test_strangers_and_wrong_scopes_are_turned_away(anonymous: Client, stranger: User, viewer: User, path: str) -> None:
    for user, scope in ((stranger, "read"), (viewer, "run")):
        refused(ask(anonymous, path, Authorization=f"Bearer {make_token(user, scope)}"), 403)


@pytest.mark.parametrize("path", routes())
def test_a_wrong_token_is_turned_away_from_a_session_too(as_viewer: Client, path: str) -> None:
    refused(ask(as_viewer, path, Authorization="Bearer quaero_wrong"), 401, "bad_token")
    refused(ask(as_viewer, path, Authorization="quaero_no_scheme"), 401, "bad_authorization")


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


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.django_db
def test_other_methods_are_refused_with_those_there_are(anonymous: Client, method: str) -> None:
    for path in routes():
        if (path, method) == ("/api/tickets", "post"):
            continue
        response = getattr(anonymous, method)(path)
        refused(response, 405, "method_not_allowed")
        assert response.headers["Allow"] == ("POST" if path == "/api/tickets" else "GET, HEAD")


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
    others = [str(p.pattern) for p in get_resolver().url_patterns if str(p.pattern).startswith("api") and p.pattern]
    assert others == ["api/"]


def test_what_ninja_refuses_by_itself_has_the_shape_of_all_errors() -> None:
    request = RequestFactory().get("/api/x")
    problem = {"type": "missing", "loc": ("body", "order", "path"), "msg": "Field required"}
    body = refused(refuse(request, ValidationError([problem])), 400, "bad_body")
    assert (body["error"], body["detail"]["problems"][0]["at"]) == ("path: Field required", "path")
    refused(refuse(request, HttpError(429, "too many")), 429)
    refused(refuse(request, Http404("secret")), 404, "not_found")
    refused(refuse(request, PermissionDenied("secret")), 403, "forbidden")
