"""The answer to every address, method and caller. An address that is not listed here fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from jobs.access import Caller, issue_ticket
from jobs.models import Token
from tests.factories import make_token, make_user

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNKNOWN_ID = "00000000-0000-4000-8000-00000000dead"
PLACES = dict.fromkeys(("job_id", "step_id", "execution_id", "object_id"), UNKNOWN_ID) | {
    "name": "nowhere",
    "token": "1.made-up",
    "id": "1",
    "content_type_id": "1",
    "app_label": "quaero_jobs",
    "url": "nowhere",
}

SESSIONS = ("no group", "viewer", "operator", "runner", "staff", "superuser")
TOKENS = ("token: read", "token: write", "token: run")
UNKNOWN = ("stranger", "token: expired", "token: revoked")
ALL_CALLERS = {*UNKNOWN, *SESSIONS, *TOKENS, "ticket"}

READS = {"viewer", "operator", "runner", "superuser", "token: read"}
WRITES = {"operator", "superuser", "token: write"}
RUNS = {"runner", "superuser", "token: run"}
STREAMS = READS | {"ticket"}
LOOKS = READS - {"token: read"}  # at pages, for which a session is needed
STARTS = RUNS - {"token: run"}

Allowed = dict[str, set[str]]


def reading(who: set[str]) -> Allowed:
    return {"GET": who, "HEAD": who}


ROUTES: dict[str, Allowed] = {
    "healthz": reading(ALL_CALLERS),
    "readyz": reading(ALL_CALLERS),
    "": reading(LOOKS),
    "jobs/{job_id}/": reading(LOOKS),
    "jobs/{job_id}/log": reading(LOOKS),
    "run/": reading(STARTS),
    "workers/": reading(LOOKS),
    "api/jobs": reading(READS),
    "api/jobs/{job_id}": {**reading(READS), "DELETE": WRITES},
    "api/jobs/{job_id}/tree": reading(READS),
    "api/jobs/{job_id}/steps": reading(READS),
    "api/jobs/{job_id}/steps/{step_id}": reading(READS),
    "api/jobs/{job_id}/logs": reading(READS),
    "api/jobs/{job_id}/logs/place": reading(READS),
    "api/jobs/{job_id}/logs/download": reading(READS),
    "api/jobs/{job_id}/logs/find": reading(READS),
    "api/jobs/{job_id}/logs/find/count": reading(READS),
    "api/jobs/{job_id}/logs/histogram": reading(READS),
    "api/jobs/{job_id}/compare": reading(READS),
    "api/service/logs": reading(READS),
    "api/service/logs/place": reading(READS),
    "api/service/logs/download": reading(READS),
    "api/service/logs/find": reading(READS),
    "api/service/logs/find/count": reading(READS),
    "api/service/logs/histogram": reading(READS),
    "api/jobs/{job_id}/cancel": {"POST": WRITES},
    "api/jobs/{job_id}/rerun": {"POST": WRITES},
    "api/workers": reading(READS),
    "api/execute": {"POST": RUNS},
    "api/execute-async": {"POST": RUNS},
    "api/result/{execution_id}": reading(READS),
    "api/executions": reading(READS),
    "api/runnables": reading(READS),
    "api/runnables/{name}": reading(READS),
    "api/runnables/{name}/run": {"POST": RUNS},
    "api/tickets": {"POST": READS},
    "api/docs": reading(ALL_CALLERS),
    "api/jobs/stream": reading(STREAMS),
    "api/jobs/{job_id}/logs/stream": reading(STREAMS),
    "api/logs/{job_id}": reading(STREAMS),
    "api/service/logs/stream": reading(STREAMS),
    "api/streams/status": reading(STREAMS),
}
# Django's own views, which say nothing and take what they take; the other tests look at what they do.
FOR_EVERYBODY = {
    *("favicon.ico", "login/", "logout/", "sign-in/{token}/", "api/openapi.json", "^api/"),
    *("scripts/{digest}.js", "styles/{digest}/{names}.css"),  # the same for all, as static files
}
ADMIN = {
    *("admin/", "admin/login/", "admin/logout/", "admin/password_change/", "admin/password_change/done/"),
    *(
        "admin/autocomplete/",
        "admin/jsi18n/",
        "admin/r/{content_type_id}/{object_id}/",
        "admin/{app_label}/",
        "admin/{url}",
    ),
}
ADMIN_MODELS = {
    *("admin/quaero_jobs/job/", "admin/quaero_jobs/step/", "admin/quaero_jobs/logentry/", "admin/quaero_jobs/token/"),
    *("admin/auth/user/", "admin/auth/group/", "admin/django_tasks_database/dbtaskresult/"),
}


def routes_under(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        place = before + as_place(pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_under(pattern.url_patterns, place)
        else:
            yield place


def as_place(pattern: URLPattern | URLResolver) -> str:
    """The route with `{name}` for `<kind:name>`."""
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kinds = [kind for kind in ("str", "uuid", "path", "int") if f"<{kind}:{name}>" in route]
        route = route.replace(f"<{kinds[0]}:{name}>" if kinds else f"<{name}>", f"{{{name}}}")
        assert converter is not None
    if "(?P<app_label>" in route:
        return "{app_label}/"
    return "{url}" if "(?P<url>" in route else route


def routes() -> set[str]:
    return set(routes_under(get_resolver().url_patterns))


@dataclass
class Person:
    browser: Client
    headers: dict[str, str]
    ticket_of: Callable[[str], str] | None = None

    def ask(self, method: str, path: str) -> HttpResponse:
        query = f"?ticket={self.ticket_of(path)}" if self.ticket_of else ""
        response: Any = self.browser.generic(
            method, path + query, "{}", content_type="application/json", headers=self.headers
        )
        return response


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    groups = {
        "no group": (),
        "viewer": ("Quaero viewers",),
        "operator": ("Quaero operators",),
        "runner": ("Quaero runners",),
        "staff": (),
    }
    users = {name: make_user(name, *names) for name, names in groups.items()}
    User.objects.filter(pk=users["staff"].pk).update(is_staff=True)
    users["superuser"] = User.objects.create_superuser("root")
    people = {name: Person(signed_in(user), {}) for name, user in users.items()}
    able = make_user("able")
    able.groups.set(Group.objects.all())
    for scope in ("read", "write", "run"):
        people[f"token: {scope}"] = with_token(make_token(able, scope))
    past = timezone.now() - timedelta(seconds=1)
    people["token: expired"] = with_token(make_token(able, "read", "write", "run", expires_at=past))
    people["token: revoked"] = with_token(make_token(able, "read", "write", "run"))
    Token.objects.latest("pk").delete()
    people["stranger"] = Person(Client(), {})
    people["ticket"] = Person(Client(), {}, lambda path: issue_ticket(Caller(able), path))
    assert set(people) == ALL_CALLERS
    return people


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def with_token(secret: str) -> Person:
    return Person(Client(), {"Authorization": f"Bearer {secret}"})


def outcome(response: HttpResponse) -> str:
    if response.status_code in (401, 403):
        return "refused"
    if response.status_code == 302 and response.headers["Location"].startswith(("/login/", "/admin/login/")):
        return "refused"
    # Django's test client speaks WSGI, by which there are no streams: who is told so has been let in.
    assert response.status_code < 500 or response.status_code == 501, response.content
    return "no such method" if response.status_code == 405 else "let in"


def test_every_address_is_listed() -> None:
    of_models = {route for route in routes() if route.startswith(tuple(ADMIN_MODELS))}
    assert routes() - of_models == set(ROUTES) | FOR_EVERYBODY | ADMIN
    assert {model for model in ADMIN_MODELS if model in of_models} == ADMIN_MODELS


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_who_gets_in(people: dict[str, Person], route: str) -> None:
    wrong = []
    for method in METHODS:
        who = ROUTES[route].get(method)
        for name, person in people.items():
            expected = "let in" if who and name in who else "refused" if who else "no such method"
            seen = outcome(person.ask(method, f"/{route.format(**PLACES)}"))
            if seen != expected and not (expected == "no such method" and seen == "refused" and name not in READS):
                wrong.append((method, name, seen))
    assert wrong == []


@pytest.mark.parametrize("method", METHODS)
def test_the_admin_is_for_staff(people: dict[str, Person], method: str) -> None:
    outside = [person for name, person in people.items() if name not in ("staff", "superuser")]
    paths = [f"/{route.format(**PLACES)}" for route in routes() if route.startswith("admin/")]
    open_to_all = {"/admin/logout/", "/admin/jsi18n/", "/admin/login/", "/admin/nowhere"}
    let_in = {path for path in paths for person in outside if outcome(person.ask(method, path)) == "let in"}
    assert let_in - open_to_all == set()


@pytest.mark.parametrize("method", METHODS)
def test_staff_without_rights_see_no_model(people: dict[str, Person], method: str) -> None:
    paths = [f"/{route.format(**PLACES)}" for route in routes() if route.startswith(tuple(ADMIN_MODELS))]
    answers = {path: people["staff"].ask(method, path).status_code for path in paths}
    assert {path: status for path, status in answers.items() if status not in (302, 403, 404, 405)} == {}
