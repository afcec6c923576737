"""Refusals of streams, all before the stream opens."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from jobs import lifecycle
from jobs.access import Caller, issue_ticket
from jobs.models import Job
from jobs.queries.entry_fields import ALLOWED
from logstream import live
from tests.factories import UNKNOWN_ID
from tests.live.conftest import append
from tests.live.watching import in_thread

STREAMS = ["/api/jobs/{job}/logs/stream", "/api/service/logs/stream"]
PLAIN = "/api/logs/{job}"


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def refusal(path: str, headers: dict[str, str], status: int) -> dict[str, Any]:
    response = await AsyncClient().get(path, headers=headers)
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"error", "code", "detail"}
    return body


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("level=eror", "one of debug, info, warn, error, fatal"),
        ("limit=0", "a whole number from 1 to 1000"),
        ("limit=-1", "a whole number from 1 to 1000"),
        ("limit=abc", "a whole number from 1 to 1000"),
        ("limit=1001", "a whole number from 1 to 1000"),
        ("stream=stdin", "one of stdout, stderr, system"),
        ("since=abc", "a whole number from 0 up"),
        ("since=-1", "a whole number from 0 up"),
        ("from=yesterday", "a time in RFC 3339, as 2026-01-31T12:00:00Z"),
        ("source=" + "x" * 1001, "at most 1000 characters"),
        ("fields.a..b=7", ALLOWED),
        ("first_line=0", "a whole number from 1 up"),
        ("level=info&level=error", "to be given once"),
    ],
)
async def test_wrong_value_names_what_is_allowed(
    headers: dict[str, str], job: Job, stream: str, query: str, allowed: str
) -> None:
    body = await refusal(f"{stream.format(job=job.pk)}?{query}", headers, 400)
    assert body["detail"]["allowed"] == allowed
    assert allowed in body["error"]


async def test_misspelt_parameter_is_refused_with_those_that_exist(headers: dict[str, str], job: Job) -> None:
    body = await refusal(f"/api/jobs/{job.pk}/logs/stream?lvl=error", headers, 400)
    assert "level" in body["error"]


@pytest.mark.parametrize("job_id", ["1", "not-a-uuid", str(UNKNOWN_ID)])
async def test_unknown_job_is_not_found(headers: dict[str, str], job_id: str) -> None:
    for path in (f"/api/jobs/{job_id}/logs/stream", f"/api/logs/{job_id}"):
        assert (await refusal(path, headers, 404))["code"] == "no_such_job"


async def test_step_of_another_job_is_refused(headers: dict[str, str], job: Job) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    step = await in_thread(lifecycle.add_step, other, "theirs")
    body = await refusal(f"/api/jobs/{job.pk}/logs/stream?step={step.pk}", headers, 400)
    assert body["detail"]["allowed"] == "the id of a step of this job"


async def test_cursor_of_another_job_is_refused(headers: dict[str, str], job: Job) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    ids = (await in_thread(append, other, "theirs")).ids
    body = await refusal(f"/api/jobs/{job.pk}/logs/stream?since={ids[0]}", headers, 400)
    assert body["code"] == "cursor_of_another_job"


@pytest.mark.parametrize("path", [*STREAMS, PLAIN, "/api/jobs/stream", "/api/streams/status"])
@pytest.mark.parametrize("authorization", ["", "Bearer quaero_wrong", "Basic dTpw", "Bearer"])
async def test_anonymous_clients_and_wrong_tokens_get_401(job: Job, path: str, authorization: str) -> None:
    headers = {"authorization": authorization} if authorization else {}
    response = await AsyncClient().get(path.format(job=job.pk), headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", [*STREAMS, PLAIN, "/api/jobs/stream"])
async def test_stranger_gets_403(job: Job, path: str) -> None:
    client = AsyncClient()
    await client.aforce_login(await User.objects.acreate_user("stranger"))
    response = await client.get(path.format(job=job.pk))
    assert (response.status_code, response.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("path", [STREAMS[0], PLAIN])
@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_other_methods_are_refused(job: Job, token: str, path: str, method: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = getattr(browser, method)(path.format(job=job.pk), headers={"authorization": f"Bearer {token}"})
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", [STREAMS[0], PLAIN])
async def test_more_streams_than_there_is_room_for_get_503(
    headers: dict[str, str], job: Job, live_side: live.Live, path: str
) -> None:
    live_side.max_streams = 0
    response = await AsyncClient().get(path.format(job=job.pk), headers=headers)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("path", [STREAMS[0], PLAIN])
async def test_ticket_opens_its_own_stream_only_and_not_for_long(
    job: Job, token: str, monkeypatch: pytest.MonkeyPatch, live_side: live.Live, path: str
) -> None:
    path = path.format(job=job.pk)
    user = await User.objects.aget()
    ticket = issue_ticket(Caller(user), path)
    live_side.max_streams = 0  # opening means: getting as far as the check for room
    assert (await AsyncClient().get(f"{path}?ticket={ticket}")).status_code == 503
    assert (await AsyncClient().get(f"/api/service/logs/stream?ticket={ticket}")).status_code == 401
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4e9)
    assert (await AsyncClient().get(f"{path}?ticket={ticket}")).status_code == 401
