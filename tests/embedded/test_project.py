"""Beside a project's own apps, groups, sign-in, policy and middleware: nothing collides, and all of it works."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.embedded.conftest import sign_in
from tests.embedded.host import MOUNT, Host, stop
from tests.live.serving import DEADLINE_S
from tests.processes import eventually

GROUPS = (
    "from django.contrib.auth.models import User; import json; "
    "print(json.dumps(sorted(User.objects.get(username='robot').groups.values_list('name', flat=True))))"
)


@pytest.fixture(scope="module")
def served(host: Host) -> Iterator[Host]:
    with host.served("uvicorn", "shop.asgi:application", "--port", str(host.port)):
        yield host


@pytest.fixture(scope="module")
def headers(served: Host) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.new_token()}"}


def test_the_project_has_nothing_to_complain_of(host: Host) -> None:
    assert "no issues" in host.manage("check").stdout
    assert "No changes" in host.manage("makemigrations", "--check").stdout


def test_a_new_api_user_gets_no_right_of_the_projects_groups(served: Host, headers: dict[str, str]) -> None:
    assert json.loads(served.python(GROUPS)) == ["Quaero operators", "Quaero runners"]
    assert httpx.get(f"{served.root}api/jobs", headers=headers).status_code == 200


def test_every_page_opens_in_a_browser(served: Host, visitor: Page) -> None:
    job = served.new_job()
    visitor.goto(f"{served.root}jobs/{job}/")
    assert visitor.url.endswith(f"/accounts/login/?next={MOUNT}jobs/{job}/")
    expect(visitor.locator("h1")).to_have_text("The shop's own door")
    sign_in(visitor, served)
    expect(visitor).to_have_url(served.root)
    for path in ("", f"jobs/{job}/", "run/", "workers/", "api/docs"):
        visitor.goto(served.root + path)
        expect(visitor.locator("main")).to_be_visible()
        assert visitor.evaluate("document.querySelector('[data-addresses]').dataset.addresses").count(MOUNT) >= 7
    served.finish(job)


def test_a_page_follows_a_job(served: Host, visitor: Page) -> None:
    job = served.new_job("nightly import")
    sign_in(visitor, served)
    visitor.get_by_role("link", name="nightly import").click()
    expect(visitor.locator("main")).to_contain_text("Live")
    served.say(job, "the first line")
    expect(visitor.locator("main")).to_contain_text("the first line")
    served.finish(job)
    expect(visitor.locator("main")).to_contain_text("completed", ignore_case=True)


def test_the_admins_live_panel_follows_a_job(served: Host, visitor: Page) -> None:
    job = served.new_job()
    sign_in(visitor, served)
    visitor.goto(f"{served.url}/admin/quaero_jobs/job/{job}/change/")
    expect(visitor.locator(".quaero-log")).to_contain_text("Live")
    served.say(job, "seen in the admin")
    expect(visitor.locator(".quaero-log")).to_contain_text("seen in the admin")
    served.finish(job)


def test_a_page_changes_something(served: Host, visitor: Page) -> None:
    job = served.new_job()
    sign_in(visitor, served)
    visitor.goto(f"{served.root}jobs/{job}/")
    visitor.get_by_role("button", name="Cancel", exact=True).click()
    visitor.get_by_role("button", name="Yes, cancel").click()
    asked = f"from jobs.models import Job; print(Job.objects.get(pk={job!r}).cancel_requested_at is not None)"
    eventually(lambda: served.python(asked) == "True")
    served.finish(job)


def test_a_token_follows_a_stream_to_its_end(served: Host, headers: dict[str, str]) -> None:
    job = served.new_job()
    address = f"{served.root}api/jobs/{job}/logs/stream"
    with httpx.stream("GET", address, headers={**headers, "Accept-Encoding": "gzip"}, timeout=DEADLINE_S) as stream:
        assert stream.status_code == 200
        assert stream.headers["Content-Encoding"] == "gzip"
        lines = stream.iter_lines()
        for word in ("one", "two"):
            served.say(job, word)
            assert any(f'"message":"{word}"' in line for line in lines)
        served.finish(job)
        assert "event: done" in list(lines)


def test_when_a_token_was_used_last_is_stored(served: Host, headers: dict[str, str]) -> None:
    assert httpx.get(f"{served.root}api/jobs", headers=headers).status_code == 200
    used = "from jobs.models import Token; print(Token.objects.exclude(last_used_at=None).exists())"
    assert served.python(used) == "True"


def test_a_ticket_opens_the_stream_that_it_is_for(served: Host, headers: dict[str, str]) -> None:
    path = f"{MOUNT}api/jobs/stream"
    ticket = httpx.post(f"{served.root}api/tickets", headers=headers, json={"path": path}).json()["ticket"]
    with httpx.stream("GET", f"{served.url}{path}", params={"ticket": ticket}, timeout=DEADLINE_S) as stream:
        assert any(line == "event: job:stats" for line in stream.iter_lines())


def test_what_is_not_there_is_told_to_programs_as_json(served: Host, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{served.root}api/nowhere", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    described = httpx.get(f"{served.root}api/openapi.json").json()
    assert described["servers"] == [{"url": MOUNT.rstrip("/")}]
    assert "/healthz" not in described["paths"]


def test_a_registered_job_of_the_project_runs_without_a_backend_for_tasks(host: Host) -> None:
    worker = host.start("manage.py", "work")
    ran = host.manage("run", "greet", "--name", "Ann", "--follow")
    assert "hello Ann" in ran.stdout
    assert stop(worker) == 0


def test_serve_is_for_an_installation(host: Host) -> None:
    assert "`manage.py work` runs a worker" in host.manage("serve", code=1).stderr
