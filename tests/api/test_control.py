"""Running registered jobs, cancelling, running again and deleting over HTTP; and the workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from msgspec import Meta

from jobs import lifecycle, operations
from jobs.models import SERVICE_JOB_ID, Job, JobSecret, LogEntry, Worker
from jobs.runnables import Secret
from jobs.running.ordering.pending import Origin
from tests.api.refusals import refused
from tests.api.sending import Sender, answered
from tests.factories import UNKNOWN_ID, ago, make_job, stored_messages
from tests.orders import program, registered, run_of
from tests.runs import hear_no_more_of_workers

pytestmark = pytest.mark.usefixtures("programs_on")

RUN = "/api/runnables/Stock import/run"


def import_stock(
    shop: Annotated[int, Meta(ge=1)], note: str = "", password: Annotated[str | None, Secret()] = None
) -> None:
    """Reads the stock of a shop."""


@pytest.fixture(autouse=True)
def stock_import() -> Iterator[None]:
    with registered(import_stock, name="Stock import", steps=["Read", "Store"], timeout=60, retries=2):
        yield


def cancel(sender: Sender, job: Job) -> Any:
    return sender.post(f"/api/jobs/{job.pk}/cancel")


def rerun(sender: Sender, job: Job, body: object = b"") -> Any:
    return sender.post(f"/api/jobs/{job.pk}/rerun", body)


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


def make_worker(name: str, **members: Any) -> Worker:
    told = {"hostname": "host", "pid": 1, "machine": "m", "process_started_at": 1}
    return Worker.objects.create(name=name, **{**told, **members})


def test_workers_are_told_with_what_they_do(running: Sender) -> None:
    job = program()
    make_worker("lost")
    make_worker("lost while stopping", is_stopping=True)
    hear_no_more_of_workers()
    make_worker("busy", job=job)
    make_worker("idle", heartbeat_at=ago(hours=2))  # by its clock
    make_worker("stopping", job=job, is_stopping=True)
    answer = answered(running.get("/api/workers"))
    assert {row["name"]: row["status"] for row in answer["workers"]} == {
        "busy": "busy",
        "idle": "idle",
        "stopping": "stopping",
        "lost": "lost",
        "lost while stopping": "lost",
    }
    assert answer["alive"] == 2
    row = next(row for row in answer["workers"] if row["name"] == "busy")
    assert (row["hostname"], row["pid"], row["job"]["id"]) == ("host", 1, str(job.pk))
    assert not {"spec", "result"} & row["job"].keys()


def test_no_worker_is_an_answer_and_orders_are_accepted(running: Sender) -> None:
    assert answered(running.get("/api/workers")) == {"workers": [], "alive": 0, "waiting": 0}
    assert running.ordered(program="1").status == "pending"
    assert answered(running.get("/api/workers"))["waiting"] == 1


def test_queries_of_the_workers_do_not_grow_and_read_no_program(running: Sender) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            answered(running.get("/api/workers"))
        return [query["sql"] for query in queries]

    make_worker("first", job=program())
    asked()  # the first request notes the token's use
    before = asked()
    for number in range(10):
        make_worker(str(number), job=program(origin=Origin(created_by=running.user)))
    assert len(asked()) == len(before)
    assert not any('"spec"' in sql for sql in asked())
