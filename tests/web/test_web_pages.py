from __future__ import annotations

import json
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.test.utils import override_script_prefix
from pytest_django import Settings

from jobs.models import SERVICE_JOB_ID, Job
from jobs.web.sign_in import sign_in_link_path
from quaero.http.csp import POLICY
from tests.factories import make_user

PAGES = ["/", "/jobs/{job}/", "/jobs/{job}/log", "/workers/"]


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_people_are_sent_to_sign_in(client: Client, job: Job, page: str) -> None:
    path = page.format(job=job.pk)
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_gets_a_page_that_says_what_is_missing(client: Client, stranger: User, job: Job, page: str) -> None:
    client.force_login(stranger)
    response = client.get(page.format(job=job.pk))
    assert response.status_code == 403
    assert b"quaero_jobs.view_job" in response.content


@pytest.mark.parametrize("page", PAGES)
def test_a_viewer_gets_the_page(client: Client, viewer: User, job: Job, page: str) -> None:
    client.force_login(viewer)
    assert client.get(page.format(job=job.pk)).status_code == 200


def test_a_page_carries_the_id_and_nothing_that_was_logged(client: Client, viewer: User, job: Job) -> None:
    client.force_login(viewer)
    content = client.get(f"/jobs/{job.pk}/").content.decode()
    assert f'data-job-id="{job.pk}"' in content
    assert job.name not in content


def test_a_page_tells_its_scripts_where_everything_is(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    with override_script_prefix("/ops/logs/"):
        content = client.get("/").content.decode()
    addresses = json.loads(unescape(content.partition('data-addresses="')[2].partition('"')[0]))
    assert addresses["api"] == "/ops/logs/api/"
    assert addresses["job_log_stream"] == "/ops/logs/api/jobs/{id}/logs/stream"
    assert addresses["job"] == "/ops/logs/jobs/{id}/"
    assert all(address.startswith("/ops/logs/") for address in addresses.values())


def test_the_service_job_has_a_page(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get(f"/jobs/{SERVICE_JOB_ID}/").status_code == 200


@pytest.mark.parametrize("job_id", ["00000000-0000-4000-8000-00000000dead", "no-uuid"])
def test_a_job_that_is_not_there_is_not_found(client: Client, viewer: User, job_id: str) -> None:
    client.force_login(viewer)
    response = client.get(f"/jobs/{job_id}/")
    assert response.status_code == 404
    assert b"All jobs" in response.content


def test_who_may_not_run_anything_has_no_page_to_run_it_from(client: Client, operator: User) -> None:
    client.force_login(operator)
    response = client.get("/run/")
    assert response.status_code == 403
    assert b"quaero_jobs.run_program" in response.content
    assert b'href="/run/"' not in client.get("/").content


def test_the_run_page_shows_the_allowed_languages_to_runners(client: Client, runner: User, settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ["shell"]
    client.force_login(runner)
    assert b'href="/run/"' in client.get("/").content
    assert 'data-languages="shell"' in client.get("/run/").content.decode()


@pytest.mark.parametrize(
    ("group", "has_actions"), [("Quaero viewers", False), ("Quaero operators", True), ("Quaero runners", False)]
)
def test_only_operators_have_something_to_do_to_a_job(client: Client, job: Job, group: str, has_actions: bool) -> None:
    client.force_login(make_user("somebody", group))
    content = client.get(f"/jobs/{job.pk}/").content
    assert (b"Yes, cancel" in content) is has_actions
    assert b"Yes, cancel" not in client.get(f"/jobs/{SERVICE_JOB_ID}/").content


def test_pages_are_only_read(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.post("/").status_code == 405


def test_a_sign_in_link_works_once(client: Client, viewer: User) -> None:
    path = sign_in_link_path(viewer)
    assert client.post(path)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert Client().get(path).status_code == 410
    assert Client().post(path).status_code == 410


@pytest.mark.parametrize("method", ["get", "head"])
def test_to_look_at_a_sign_in_link_neither_signs_in_nor_uses_it_up(client: Client, viewer: User, method: str) -> None:
    path = sign_in_link_path(viewer)
    assert getattr(client, method)(path).status_code == 200
    assert client.get("/")["Location"].startswith("/login/")
    assert client.post(path)["Location"] == "/"


def test_another_site_cannot_press_the_button_of_a_sign_in_link(viewer: User) -> None:
    assert Client(enforce_csrf_checks=True).post(sign_in_link_path(viewer)).status_code == 403


def test_a_used_link_brings_who_is_signed_in_to_the_jobs(client: Client, viewer: User) -> None:
    path = sign_in_link_path(viewer)
    client.post(path)
    assert client.get(path)["Location"] == "/"
    assert client.post(path)["Location"] == "/"


def test_a_user_who_was_locked_out_cannot_use_a_link(client: Client, viewer: User) -> None:
    path = sign_in_link_path(viewer)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


@pytest.mark.parametrize(
    "place",
    [
        *("/login/", "/login/?next=/login/", "/login/#x", "//evil.example/", "https://evil.example/"),
        *("javascript:alert(1)", "http://[", "/\0", "/" + "x" * 50_000, "\r\nSet-Cookie: a=b"),
    ],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_wherever_one_is_to_go_after_signing_in_nothing_breaks(
    client: Client, viewer: User, place: str, is_signed_in: bool
) -> None:
    if is_signed_in:
        client.force_login(viewer)
    response = client.get("/login/", {"next": place})
    assert response.status_code == (302 if is_signed_in else 200)
    assert "evil" not in response.headers.get("Location", "")
    assert "javascript" not in response.headers.get("Location", "")


def test_an_address_that_is_no_utf8_is_no_reason_to_break(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get("/login/?next=/%ff%fe").status_code == 302


def test_the_admin_has_no_door_of_its_own(client: Client, viewer: User) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/?next=/admin/")
    assert client.post("/admin/login/", {"username": "viewer", "password": "x"})["Location"].startswith("/login/")
    client.force_login(viewer)
    assert client.get("/admin/", follow=True).status_code == 403


def test_signing_out_asks_for_a_post(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"


@pytest.mark.parametrize("path", ["/login/", "/nowhere/", "/admin/login/"])
def test_every_page_has_the_policy(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response["Content-Security-Policy"] == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db(transaction=True)
async def test_the_policy_is_there_under_asgi_too(async_client: AsyncClient) -> None:
    response = await async_client.get("/login/")
    assert response["Content-Security-Policy"] == POLICY


def test_an_answer_for_programs_needs_no_policy(client: Client, db: None) -> None:
    assert "Content-Security-Policy" not in client.get("/api/jobs")


def test_a_broken_form_token_gets_a_page_and_not_djangos(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "viewer", "password": "x"})
    assert response.status_code == 403
    assert b"Please try again" in response.content
