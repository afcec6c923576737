"""The workers over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Worker
from jobs.running.ordering.pending import Origin
from tests.api.sending import Sender, answered
from tests.factories import ago
from tests.orders import program
from tests.runs import hear_no_more_of_workers

pytestmark = pytest.mark.usefixtures("programs_on")


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
