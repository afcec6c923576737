"""Quaero's own records in the service job: there once, and never the cause of the next."""

from __future__ import annotations

import logging

import httpx
import pytest

from jobs.models import SERVICE_JOB_ID, Job
from jobs.tracking import track
from quaero.log_filters import Failures
from quaero.service_log import ServiceLogFilter, service_log
from tests.factories import stored_messages
from tests.live.serving import Server, make_token, watching
from tests.live.sse import lines_of
from tests.tracking.recording import settled, stored

pytestmark = pytest.mark.django_db(transaction=True)

shop = logging.getLogger("shop")


def service_job() -> Job:
    return Job.objects.get(pk=SERVICE_JOB_ID)


def test_records_at_its_level_and_above_are_kept_while_the_server_runs() -> None:
    with service_log(logging.INFO):
        shop.debug("too quiet")
        shop.info("loud enough")
        settled()
    shop.warning("too late")
    settled()
    assert stored_messages(service_job()) == ["loud enough"]


def test_other_handlers_hear_no_more_than_before() -> None:
    heard: list[str] = []
    root, other = logging.getLogger(), logging.Handler()
    other.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    root.addHandler(other)
    with service_log(logging.INFO):
        shop.info("for the service alone")
        shop.warning("for all")
        settled()
    root.removeHandler(other)
    assert heard == ["for all"]
    assert root.level == logging.WARNING


def test_records_of_a_tracked_job_stay_with_it() -> None:
    with service_log(logging.INFO), track("nightly"):
        shop.info("mine")
    assert (stored_messages(stored("nightly")), stored_messages(service_job())) == (["mine"], [])


@pytest.mark.parametrize(
    ("name", "passed"), [("shop", 3), ("quaero.logstream.feeds.base", 1), ("django.db.backends", 0)]
)
def test_what_could_bring_forth_itself_is_held_back(name: str, passed: int) -> None:
    calm = ServiceLogFilter()
    record = logging.makeLogRecord({"name": name, "msg": "feed of %s failed"})
    assert [calm.filter(record) for _ in range(3)].count(True) == passed


@pytest.mark.parametrize("name", ["django_tasks", "django_tasks_db", "uvicorn.error", "django.server"])
def test_what_libraries_say_of_their_work_is_no_news_and_what_goes_wrong_is(name: str) -> None:
    levels = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
    passed = [
        level for level in levels if ServiceLogFilter().filter(logging.makeLogRecord({"name": name, "levelno": level}))
    ]
    assert passed == [logging.WARNING, logging.ERROR]


@pytest.mark.parametrize(
    ("status", "has_error", "passed"), [(503, False, False), (503, True, True), (500, False, True)]
)
def test_an_answer_that_refuses_for_now_is_no_failure(status: int, has_error: bool, passed: bool) -> None:
    error = (ValueError, ValueError(), None) if has_error else None
    assert Failures().filter(logging.makeLogRecord({"status_code": status, "exc_info": error})) is passed
    assert any(isinstance(kind, Failures) for kind in logging.getLogger("django.request").filters)


@pytest.fixture
def token() -> str:
    return make_token()


@pytest.mark.slow
async def test_a_request_error_is_in_the_service_log_once_though_it_is_watched(token: str) -> None:
    server = Server(environment={"DJANGO_SETTINGS_MODULE": "tests.tracking.failing_settings"})
    server.start()
    try:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            watching(server, "/api/service/logs/stream?since=0&search=fail", token) as watcher,
            httpx.AsyncClient(base_url=server.url, headers=headers) as client,
        ):
            for _ in range(2):
                assert (await client.get("/fail")).status_code == 500
            await watcher.until(lambda events: len(lines_of(events)) >= 4)
            answer = (await client.get("/api/service/logs", params={"level": "error"})).json()
            counts = [(await client.get("/api/service/logs")).json()["meta"]["total_count"] for _ in range(20)]
            assert len(set(counts)) == 1
    finally:
        server.stop()
    assert [entry["source"] for entry in answer["logs"]] == ["django.request"] * 2
    assert answer["logs"][0]["message"].endswith("ValueError: bad row")
    assert answer["logs"][0]["fields"]["exception.type"] == "ValueError"
