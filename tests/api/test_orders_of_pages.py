"""What the pages ask the API for: orders as texts, and whether somebody is there to run them."""

from __future__ import annotations

from typing import Annotated

import pytest
from django.utils import timezone
from msgspec import Meta

from jobs import statuses
from jobs.models import Job, Worker
from jobs.runnables import registry
from tests.api.refusals import refused
from tests.api.sending import Sender
from tests.factories import make_job
from tests.runs import hear_no_more_of_workers

RUN = "/api/runnables/Stock import/run"


def import_stock(shop: Annotated[int, Meta(ge=1)], dry: bool = False) -> None: ...


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "by_name", dict(registry.by_name))
    registry.job(name="Stock import")(import_stock)


def test_texts_of_a_form_become_what_the_parameters_are(running: Sender) -> None:
    order = {"parameters": {"shop": "3", "dry": "true"}, "from_text": True}
    answer = running.post(RUN, order)
    assert answer.status_code == 200
    job = Job.objects.get(pk=answer.json()["execution_id"])
    assert job.spec["parameters"] == {"shop": 3, "dry": True}


def test_texts_are_no_numbers_unless_the_order_says_so(running: Sender) -> None:
    answer = running.post(RUN, {"parameters": {"shop": "3"}})
    assert "must be a whole number" in refused(answer, 400, "bad_parameters")["detail"]["problems"]["shop"]


def test_workers_are_told_with_how_many_jobs_wait(running: Sender) -> None:
    make_job(status=statuses.PENDING, due_at=timezone.now())
    make_job(status=statuses.PENDING)  # reported from elsewhere, so nobody here would take it
    make_job(status=statuses.RUNNING, due_at=timezone.now())
    worker = {"hostname": "h", "pid": 1, "machine": "m", "process_started_at": 0}
    Worker.objects.create(name="gone", **worker)
    hear_no_more_of_workers()
    Worker.objects.create(name="here", **worker)
    body = running.get("/api/workers").json()
    assert (body["alive"], body["waiting"]) == (1, 1)
    assert {row["name"]: row["status"] for row in body["workers"]} == {"here": "idle", "gone": "lost"}
