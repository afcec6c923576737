"""What becomes of runs, over HTTP: results, waiting for one, history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import lifecycle
from jobs.api import waiting
from jobs.models import Job
from jobs.queries import results
from tests.api.refusals import refused
from tests.api.sending import EXECUTE, Sender, answered
from tests.factories import NOON, append_lines, make_job
from tests.processes import eventually
from tests.threads import at_once

EXECUTIONS = "/api/executions"


def result_of(sender: Sender, job: Job, status: int) -> Any:
    answer = answered(sender.get(f"/api/result/{job.pk}"), status)
    assert answer.pop("execution_id") == str(job.pk)
    assert answer.pop("progress") == Job.objects.get(pk=job.pk).progress
    return answer


@pytest.mark.parametrize("status", ["pending", "running"])
def test_what_has_not_ended_is_202(running: Sender, status: str) -> None:
    job = make_job(status=status)
    append_lines(job, ["one", "two"], level="warn", timestamp=NOON)
    entry = {"timestamp": "2026-01-31T12:00:00.000000Z", "level": "warn"}
    assert result_of(running, job, 202) == {
        "status": "running",
        "logs": [{**entry, "message": "one"}, {**entry, "message": "two"}],
    }


@pytest.mark.parametrize(("end", "status", "progress"), [(None, 202, 40), ("completed", 200, 100), ("failed", 500, 40)])
def test_progress_is_told_while_it_runs_and_after(
    running: Sender, end: str | None, status: int, progress: float
) -> None:
    job = make_job(progress=40)
    if end:
        lifecycle.finish_job(job, end)
    assert answered(running.get(f"/api/result/{job.pk}"), status)["progress"] == progress


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (45, "number"),
        (2**64, "number"),
        (-(10**100), "number"),
        (-0.5, "number"),
        ("", "string"),
        (True, "boolean"),
        (False, "boolean"),
        ({"a": [1, None]}, "object"),
        ({}, "object"),
        ([1, "x"], "array"),
        ([], "array"),
        (None, "null"),
        (float("nan"), "string"),
    ],
)
def test_a_result_comes_with_its_type_in_jsons_words(running: Sender, value: object, kind: str) -> None:
    job = make_job()
    lifecycle.finish_job(job, "completed", result=value)
    stored = "NaN" if value != value else value
    assert result_of(running, job, 200) == {
        "status": "completed",
        "result": {"value": stored, "type": kind},
        "logs": [],
    }


def test_a_failed_run_is_500_with_the_reason(running: Sender, caplog: pytest.LogCaptureFixture) -> None:
    job = make_job()
    append_lines(job, ["boom"], level="error")
    lifecycle.finish_job(job, "failed", exit_code=124, error="timed out after 1 s")
    answer = result_of(running, job, 500)
    assert (answer["status"], answer["error"], answer["code"]) == ("error", "timed out after 1 s", "run_failed")
    assert [entry["message"] for entry in answer["logs"]] == ["boom"]
    assert answer["detail"] == {"exit_code": 124, "attempt": 1}
    assert caplog.records == []  # that a run has failed is no mistake of the server's


def test_a_cancelled_run_is_200_without_a_result(running: Sender) -> None:
    job = make_job()
    lifecycle.finish_job(job, "cancelled", error="cancelled by ann")
    assert result_of(running, job, 200) == {"status": "cancelled", "error": "cancelled by ann", "logs": []}


@pytest.mark.parametrize("execution_id", ["abc", "00000000-0000-4000-8000-00000000dead", "%00"])
def test_what_is_not_there_is_404(running: Sender, execution_id: str) -> None:
    refused(running.get(f"/api/result/{execution_id}"), 404, "no_such_job")


def test_the_last_thousand_entries_come_oldest_first(running: Sender) -> None:
    job = make_job()
    append_lines(job, 1010)
    messages = [entry["message"] for entry in result_of(running, job, 202)["logs"]]
    assert messages == [f"line {number}" for number in range(11, 1011)]


def test_large_entries_are_among_the_last_thousand_too(running: Sender) -> None:
    job = make_job()
    append_lines(job, [f"{number} {'x' * 4000}" for number in range(1005)])
    messages = [entry["message"].split()[0] for entry in result_of(running, job, 202)["logs"]]
    assert messages == [str(number) for number in range(5, 1005)]


def test_an_answer_has_bounds(running: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MAX_PAGES", 2)
    job = make_job()
    append_lines(job, [f"{number} {'x' * 600_000}" for number in range(5)])
    messages = [entry["message"].split()[0] for entry in result_of(running, job, 202)["logs"]]
    assert messages == ["3", "4"]


@pytest.mark.usefixtures("programs_on")
def test_who_waits_too_shortly_gets_the_id(running: Sender) -> None:
    answer = answered(running.post(EXECUTE, {"program": "1", "wait": 0.05}), 504)
    job = Job.objects.get(pk=answer.pop("execution_id"))
    assert (job.status, answer["code"], answer["detail"]) == ("pending", "still_running", {"wait": 0.05})
    assert f"/api/result/{job.pk}" in answer["error"]


@pytest.mark.usefixtures("programs_on")
@pytest.mark.parametrize("wait", [0, -1, 300.1, 10**300])
def test_a_wait_out_of_bounds_is_refused(running: Sender, wait: float) -> None:
    body = running.refused(400, "bad_parameter", EXECUTE, program="1", wait=wait)
    assert body["detail"]["parameter"] == "wait"
    assert "more than 0 and at most 300" in body["error"]


def end_of(end: Callable[[Job], object]) -> Callable[[], None]:
    """What ends the job that somebody waits for, meanwhile, with a connection of its own."""

    def act() -> None:
        end(eventually(lambda: Job.objects.listed().first()))

    return act


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("programs_on")
@pytest.mark.parametrize(
    ("end", "status", "members"),
    [
        (lambda job: lifecycle.finish_job(job, "completed", result=[1]), 200, {"result": [1]}),
        (lambda job: lifecycle.finish_job(job, "completed"), 200, {"result": None}),
        (lambda job: lifecycle.finish_job(job, "failed", error="broke"), 500, {"error": "broke", "status": "error"}),
        (lambda job: lifecycle.finish_job(job, "cancelled"), 200, {"status": "cancelled"}),
        (lambda job: lifecycle.delete_job(job), 404, {"code": "no_such_job"}),
    ],
)
def test_waiting_ends_with_the_run_and_holds_up_nobody_who_writes(
    running: Sender, end: Callable[[Job], object], status: int, members: dict[str, object]
) -> None:
    responses: list[Any] = []
    at_once(
        lambda: responses.append(running.post(EXECUTE, {"program": "1", "wait": 60})),
        end_of(end),
    )
    answer = answered(responses[0], status)
    assert members.items() <= answer.items()
    if status == 200 and "result" in members:
        assert set(answer) == {"execution_id", "result"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("programs_on")
def test_who_waits_is_in_no_transaction(running: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    class Noting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            seen.append(connection.in_atomic_block)
            return False

    monkeypatch.setattr(waiting, "stopping", Noting())
    answered(running.post(EXECUTE, {"program": "1", "wait": 0.01}), 504)
    assert set(seen) == {False}


@pytest.mark.usefixtures("programs_on")
def test_who_waits_gets_the_id_when_the_server_stops(running: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "stopping", threading.Event())
    waiting.stopping.set()
    answer = answered(running.post(EXECUTE, {"program": "1", "wait": 300}), 504)
    assert answer["code"] == "still_running"


def test_executions_are_the_programs_newest_first(running: Sender) -> None:
    make_job("reported")
    for number, status in enumerate(["pending", "failed"]):
        make_job(f"p{number}", kind="program", status=status, created_at=NOON + timedelta(minutes=number))
    answer = answered(running.get(EXECUTIONS))
    assert [(row["name"], row["execution_id"] == row["id"]) for row in answer["executions"]] == [
        ("p1", True),
        ("p0", True),
    ]
    assert (answer["next"], answer["counts"]["failed"], sum(answer["counts"].values())) == (None, 1, 2)
    assert not {"spec", "result"} & answer["executions"][0].keys()


def test_executions_are_filtered(running: Sender) -> None:
    parent = make_job("p0", kind="program", status="failed", created_at=NOON)
    make_job("p1", kind="program", parent=parent, created_at=NOON + timedelta(hours=1))

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in answered(running.get(EXECUTIONS, **query))["executions"]]

    assert names(status="failed,completed") == names(name="p0") == ["p0"]
    assert names(created_to="2026-01-31T12:30:00Z") == ["p0"]
    assert names(parent=parent.pk) == names(q="P1") == ["p1"]


def test_pages_of_executions_follow_the_cursor(running: Sender) -> None:
    for number in range(5):
        make_job(str(number), kind="program", created_at=NOON - timedelta(minutes=number))
        make_job("other", created_at=NOON - timedelta(minutes=number))
    names, cursor = [], ""
    while cursor is not None:
        page = answered(running.get(EXECUTIONS, limit=2, cursor=cursor))
        names += [row["name"] for row in page["executions"]]
        cursor = page["next"]
    assert names == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"kind": "program"}, "kind"),
        ({"status": "done"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_a_wrong_filter_of_executions_is_refused(running: Sender, query: dict[str, str], parameter: str) -> None:
    body = refused(running.get(EXECUTIONS, **query), 400, "bad_parameter")
    assert body["detail"]["parameter"] == parameter


def test_queries_of_results_and_executions_do_not_grow(running: Sender) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            answered(running.get(EXECUTIONS))
            answered(running.get(f"/api/result/{Job.objects.listed().first().pk}"), 202)  # type: ignore[union-attr]
        return len(queries)

    append_lines(make_job(kind="program", created_by=running.user), 1)
    count()  # the first request notes the token's use
    before = count()
    for _ in range(20):
        append_lines(make_job(kind="program", created_by=running.user), 10)
    assert count() == before
