"""Cancelling, running again and deleting over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import lifecycle, operations
from jobs.models import SERVICE_JOB_ID, Job, JobSecret, LogEntry
from tests.api.refusals import refused
from tests.api.sending import Sender, answered
from tests.factories import UNKNOWN_ID, make_job, stored_messages
from tests.orders import program, registered, run_of

pytestmark = pytest.mark.usefixtures("programs_on", "stock_import")


def cancel(sender: Sender, job: Job) -> Any:
    return sender.post(f"/api/jobs/{job.pk}/cancel")


def rerun(sender: Sender, job: Job, body: object = b"") -> Any:
    return sender.post(f"/api/jobs/{job.pk}/rerun", body)


def test_a_cancel_tells_whom_it_asked(operating: Sender) -> None:
    parent = make_job("parent", status="pending")
    child = make_job("child", parent=parent, status="pending")
    answer = answered(cancel(operating, parent))
    assert answer["cancelled"] == [str(parent.pk), str(child.pk)]
    assert (answer["job"]["id"], answer["job"]["status"]) == (str(parent.pk), "cancelled")
    assert stored_messages(child) == ["cancel requested by operator"]


def test_a_second_cancel_of_what_runs_is_200_with_nobody(operating: Sender) -> None:
    job = make_job(status="pending")
    lifecycle.start_job(job)
    assert answered(cancel(operating, job))["cancelled"] == [str(job.pk)]
    again = answered(cancel(operating, job))
    assert (again["cancelled"], again["job"]["status"]) == ([], "running")
    assert again["job"]["cancel_requested_at"] is not None
    assert stored_messages(job) == ["cancel requested by operator"]


def test_what_has_ended_is_not_cancelled(operating: Sender) -> None:
    refused(cancel(operating, make_job(status="completed")), 409, "job_has_ended")


@pytest.mark.parametrize("action", ["cancel", "rerun"])
@pytest.mark.parametrize("job_id", ["abc", str(UNKNOWN_ID), "%00"])
def test_nothing_is_done_to_a_job_that_is_not_there(operating: Sender, action: str, job_id: str) -> None:
    refused(operating.post(f"/api/jobs/{job_id}/{action}"), 404, "no_such_job")
    refused(operating.delete(f"/api/jobs/{job_id}"), 404, "no_such_job")


def test_a_job_that_is_deleted_in_this_moment_is_not_there(operating: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(status="completed")
    monkeypatch.setattr(operations, "delete_one", lambda job, by: False)
    refused(operating.delete(f"/api/jobs/{job.pk}"), 404, "no_such_job")


def test_nothing_is_done_to_the_service_job(operating: Sender) -> None:
    path = f"/api/jobs/{SERVICE_JOB_ID}"
    for response in (operating.post(f"{path}/cancel"), operating.post(f"{path}/rerun"), operating.delete(path)):
        refused(response, 403, "forbidden")


def test_a_rerun_is_a_new_job_of_the_same_spec(operating: Sender) -> None:
    job = program(name="nightly", timeout=5, attributes={"a": 1}, parameters={"day": 1})
    lifecycle.finish_job(job, "failed")
    row = answered(rerun(operating, job))
    again = Job.objects.get(pk=row["id"])
    assert (row["rerun_of"], row["status"], row["created_by"], row["name"]) == (
        str(job.pk),
        "pending",
        "operator",
        "nightly",
    )
    assert (again.spec, again.attributes, again.kind) == (job.spec, {"a": 1}, "program")
    assert stored_messages(job) == [f"rerun as {again.pk}, by operator"]
    assert stored_messages(again) == [f"rerun of {job.pk}, by operator"]
    assert {*LogEntry.objects.values_list("stream", flat=True)} == {"system"}


def test_a_registered_job_is_run_again_with_what_it_got(operating: Sender) -> None:
    job = run_of("Stock import", shop=3)
    again = Job.objects.get(pk=answered(rerun(operating, job, {}))["id"])
    assert (again.spec, again.rerun_of, again.name) == (job.spec, job, "Stock import")
    assert again.steps.count() == 2


def test_what_was_not_run_here_cannot_be_run_again(operating: Sender) -> None:
    for spec in ({"command": ["ls"]}, {}, {"type": "program"}, {"type": "else", "program": "1"}):
        job = make_job("reported", status="failed", spec=spec)
        body = refused(rerun(operating, job), 409, "cannot_rerun")
        assert "reported was not started here" in body["error"]
        assert (stored_messages(job), Job.objects.filter(rerun_of=job).exists()) == ([], False)


def test_secrets_are_asked_for_and_taken_but_not_kept(operating: Sender) -> None:
    job = program(parameters={"password": "p-1", "key": "k-2"}, secrets=["key"])
    lifecycle.finish_job(job, "completed")
    body = refused(rerun(operating, job, {"parameters": {"key": "k-3"}}), 409, "secrets_needed")
    assert body["detail"] == {"secrets": ["key", "password"], "missing": ["password"]}
    assert "give password again" in body["error"]
    again = answered(rerun(operating, job, {"parameters": {"key": "k-3", "password": "p-4"}}))
    assert JobSecret.objects.filter(job=again["id"]).count() == 2


def test_a_rerun_takes_no_other_parameters(operating: Sender) -> None:
    job = program(parameters={"day": 1})
    body = refused(rerun(operating, job, {"parameters": {"day": 2}}), 400, "bad_parameter")
    assert body["detail"] == {"parameters": ["day"], "allowed": []}
    refused(rerun(operating, job, {"program": "2"}), 400, "bad_body")


def test_programs_that_are_off_meanwhile_are_not_run_again(operating: Sender, settings: Any) -> None:
    job = program()
    settings.QUAERO_PROGRAMS = ("shell",)
    refused(rerun(operating, job), 403, "programs_off")
    assert stored_messages(job) == []


def test_a_registered_job_that_is_gone_is_named(operating: Sender) -> None:
    with registered(lambda: None, name="gone"):
        job = run_of("gone")
    assert "'gone'" in refused(rerun(operating, job), 404, "no_such_runnable")["error"]


def test_one_that_runs_once_at_a_time_is_not_run_again_beside_itself(operating: Sender) -> None:
    with registered(lambda: None, name="alone", concurrency="skip"):
        job = run_of("alone")
        lifecycle.finish_job(job, "failed")
        again = answered(rerun(operating, job))
        assert refused(rerun(operating, job), 409, "already_runs")["detail"] == {"job": again["id"]}
    assert len(stored_messages(job)) == 1


def test_a_renamed_job_is_run_again_by_its_new_name(operating: Sender) -> None:
    job = program()
    Job.objects.filter(pk=job.pk).update(name="x" * 255)
    assert answered(rerun(operating, job))["name"] == "x" * 255


def test_a_rerun_is_no_child_of_what_has_spawned_the_first(operating: Sender) -> None:
    job = program()
    Job.objects.filter(pk=job.pk).update(parent=make_job("parent", status="cancelled"))
    assert answered(rerun(operating, job))["parent"] is None


def test_a_job_is_deleted_with_its_children(operating: Sender) -> None:
    parent = make_job("parent", status="failed")
    make_job("child", parent=parent, status="pending")
    assert answered(operating.delete(f"/api/jobs/{parent.pk}")) == {"deleted": 2}
    refused(operating.delete(f"/api/jobs/{parent.pk}"), 404, "no_such_job")
    said = LogEntry.objects.filter(job=SERVICE_JOB_ID).values_list("message", flat=True)
    assert f"parent ({parent.pk}) was deleted by operator" in said


def test_a_job_that_runs_or_whose_child_runs_is_not_deleted(operating: Sender) -> None:
    parent = make_job("parent", status="failed")
    child = make_job("child", parent=parent)
    for job in (child, parent):
        body = refused(operating.delete(f"/api/jobs/{job.pk}"), 409, "job_is_running")
        assert body["error"] == "child is running: cancel it first"
    assert Job.objects.listed().count() == 2
