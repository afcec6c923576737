"""Who may look and who may change in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import SERVICE_JOB_ID, Job, LogEntry
from tests.admin.acting import (
    ENTRIES,
    JOBS,
    STEPS,
    act,
    change_page,
    names_listed,
    signed_in,
    text_of,
)
from tests.factories import append_lines, make_step


@pytest.mark.parametrize("path", [JOBS, ENTRIES, STEPS])
def test_staff_without_the_right_to_look_see_nothing(stranger: User, path: str) -> None:
    assert signed_in(stranger).get(path).status_code == 403


@pytest.mark.parametrize("path", [JOBS, ENTRIES, STEPS])
def test_who_is_not_staff_is_sent_to_sign_in(client: Client, operator: User, path: str) -> None:
    client.force_login(operator)
    assert client.get(path).status_code == 302


def test_a_viewer_looks_and_changes_nothing(viewing: Client, job: Job) -> None:
    append_lines(job)
    pages = [JOBS, change_page(job), ENTRIES, f"{ENTRIES}{LogEntry.objects.get(line=1).pk}/change/", STEPS]
    assert [viewing.get(page).status_code for page in pages] == [200] * 5
    assert viewing.post(change_page(job), {"name": "taken"}).status_code == 403
    assert viewing.post(f"{JOBS}{job.pk}/delete/", {"post": "yes"}).status_code == 403
    act(viewing, "request_cancel", job)
    assert Job.objects.get(pk=job.pk).name == job.name
    assert Job.objects.get(pk=job.pk).cancel_requested_at is None


@pytest.mark.parametrize("model", ["job", "step", "logentry"])
def test_no_user_adds_jobs_steps_or_entries_by_a_form(admin_client: Client, model: str) -> None:
    assert admin_client.get(f"/admin/quaero_jobs/{model}/add/").status_code == 403


def test_no_user_changes_or_deletes_entries_and_steps(admin_client: Client, job: Job) -> None:
    step = make_step(job)
    append_lines(job, step=step)
    for page in (f"{ENTRIES}{LogEntry.objects.get(line=1).pk}", f"{STEPS}{step.pk}"):
        assert admin_client.post(f"{page}/change/", {"message": "x", "name": "x"}).status_code == 403
        assert admin_client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403


def test_the_service_job_is_shown_but_is_nobodys_to_change(admin_client: Client) -> None:
    assert admin_client.get(change_page(SERVICE_JOB_ID)).status_code == 200
    assert admin_client.post(change_page(SERVICE_JOB_ID), {"name": "mine"}).status_code == 403
    assert admin_client.post(f"{JOBS}{SERVICE_JOB_ID}/delete/", {"post": "yes"}).status_code != 200
    assert Job.objects.get(pk=SERVICE_JOB_ID).name == "Quaero"
    assert names_listed(admin_client) == []


def test_the_index_offers_what_may_be_seen(viewing: Client, stranger: User) -> None:
    assert ENTRIES in text_of(viewing.get("/admin/"))
    assert ENTRIES not in text_of(signed_in(stranger).get("/admin/"))


def test_deleted_jobs_are_no_business_of_the_admin(admin_client: Client) -> None:
    assert "Deleted job" not in text_of(admin_client.get("/admin/"))
