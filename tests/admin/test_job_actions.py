"""Operators cancel, rerun and delete jobs in the admin, with all descendants."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job, JobSecret, LogEntry
from tests.admin.acting import JOBS, act, change_page, said, text_of
from tests.factories import make_job, stored_messages
from tests.orders import program, registered, run_of


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python",)


def test_a_cancel_takes_the_children_along_and_names_who(operating: Client) -> None:
    child = make_job("child", parent=make_job("parent", status="failed"), status="pending")
    assert child.parent is not None
    assert said(act(operating, "request_cancel", child.parent)) == (
        "Nothing to cancel: the chosen jobs have ended, or have been asked already."
    )
    running = make_job("running")
    Job.objects.filter(pk=child.pk).update(parent=running)
    assert said(act(operating, "request_cancel", running)) == "Asked 2 jobs to cancel."
    assert stored_messages(child) == ["cancel requested by operator"]
    assert Job.objects.get(pk=child.pk).status == "cancelled"


def test_a_second_cancel_gets_a_message(operating: Client) -> None:
    job = make_job(status="pending")
    lifecycle.start_job(job)
    act(operating, "request_cancel", job)
    assert "Nothing to cancel" in said(act(operating, "request_cancel", job))
    assert len(stored_messages(job)) == 1


def test_a_program_is_run_again(operating: Client) -> None:
    job = program()
    lifecycle.finish_job(job, "failed")
    response = act(operating, "rerun", job)
    again = Job.objects.get(rerun_of=job)
    assert change_page(again) in text_of(response)
    assert (again.spec, again.status, str(again.created_by)) == (job.spec, "pending", "operator")
    assert stored_messages(job) == [f"rerun as {again.pk}, by operator"]


def test_what_cannot_be_run_again_gets_a_message_and_the_rest_is_run(operating: Client) -> None:
    reported, secretive, plain = make_job("<b>reported"), program(parameters={"password": "x"}), program(name="plain")
    words = said(response := act(operating, "rerun", reported, secretive, plain))
    assert "reported was not started here" in words
    assert "give password again" in words
    assert "<b>reported" not in text_of(response)
    assert list(Job.objects.exclude(rerun_of=None).values_list("rerun_of", flat=True)) == [plain.pk]


def test_programs_that_are_off_are_not_run_again(operating: Client, settings: Settings) -> None:
    job = program()
    settings.QUAERO_PROGRAMS = ()
    assert "may not be run here" in said(act(operating, "rerun", job))
    assert not Job.objects.filter(rerun_of=job).exists()


def test_a_registered_job_that_is_gone_or_takes_other_parameters_gets_a_message(operating: Client) -> None:
    with registered(lambda shop: None, name="stock"):
        job = run_of("stock", shop="3")
    assert "no registered job 'stock'" in said(act(operating, "rerun", job))
    with registered(lambda: None, name="stock"):
        assert "stock: shop is unknown" in said(act(operating, "rerun", job))
    assert not Job.objects.filter(rerun_of=job).exists()


@pytest.mark.parametrize("action", ["request_cancel", "rerun", "delete_selected"])
def test_who_may_only_look_changes_nothing(viewing: Client, action: str) -> None:
    job = program()
    act(viewing, action, job, post="yes")
    assert Job.objects.get(pk=job.pk).cancel_requested_at is None
    assert not Job.objects.filter(rerun_of=job).exists()


@pytest.mark.parametrize("action", ["request_cancel", "rerun", "delete_selected"])
def test_no_action_reaches_the_service_job(operating: Client, action: str) -> None:
    act(operating, action, Job.objects.get(pk=SERVICE_JOB_ID), post="yes")
    service_job = Job.objects.get(pk=SERVICE_JOB_ID)
    assert (service_job.status, service_job.cancel_requested_at) == ("running", None)
    assert Job.objects.count() == 1


def test_the_page_that_asks_counts_what_goes_along(operating: Client) -> None:
    parent = make_job("parent", status="failed")
    make_job("grandchild", parent=make_job("child", parent=parent, status="failed"), status="pending")
    for response in (
        act(operating, "delete_selected", parent),
        operating.get(f"{JOBS}{parent.pk}/delete/"),
    ):
        assert "Jobs: 3" in text_of(response)
        assert "grandchild" in text_of(response)


def test_a_parent_and_its_child_are_deleted_together(operating: Client) -> None:
    parent = make_job("parent", status="failed")
    child = make_job("child", parent=parent, status="failed")
    assert said(act(operating, "delete_selected", parent, child, post="yes")) == "Deleted 2 jobs."
    assert list(Job.objects.listed()) == []
    assert LogEntry.objects.filter(job=SERVICE_JOB_ID, message__contains="was deleted by operator").count() == 2


def test_a_job_with_a_running_child_is_not_deleted(operating: Client) -> None:
    parent = make_job("parent", status="failed")
    make_job("child", parent=parent)
    assert "because running: parent" in said(act(operating, "delete_selected", parent, post="yes"))
    assert Job.objects.listed().count() == 2


def test_a_deleted_job_takes_its_secrets_along(operating: Client) -> None:
    job = program(parameters={"password": "x"})
    operating.post(f"{JOBS}{job.pk}/delete/", {"post": "yes"})
    assert JobSecret.objects.count() == 0
