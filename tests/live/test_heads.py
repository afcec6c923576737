"""HEAD where there is GET: on a stream it answers with the headers, and nothing is opened."""

from __future__ import annotations

import httpx
import pytest
from django.test import AsyncClient

from jobs.models import Job
from logstream import live
from tests.live.serving import Server

STREAMS = ["/api/jobs/{job}/logs/stream", "/api/logs/{job}", "/api/service/logs/stream", "/api/jobs/stream"]


@pytest.mark.slow
def test_head_of_a_stream_has_the_headers_of_get_and_ends(server: Server, job: Job, token: str) -> None:
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as client:
        for path in (path.format(job=job.pk) for path in STREAMS):
            head = client.head(path)
            with client.stream("GET", path) as get:
                expected = {
                    name: value for name, value in get.headers.items() if name not in ("date", "transfer-encoding")
                }
            assert (head.status_code, head.content) == (200, b"")
            assert {name: head.headers.get(name) for name in expected} == expected
        assert client.head("/api/streams/status").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", [*STREAMS, "/api/streams/status"])
async def test_head_is_refused_as_get_is(job: Job, live_side: live.Live, path: str) -> None:
    response = await AsyncClient().head(path.format(job=job.pk))
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("path", STREAMS)
async def test_head_takes_no_stream(job: Job, live_side: live.Live, token: str, path: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    response = await AsyncClient().head(path.format(job=job.pk), headers=headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    assert live_side.stream_count == 0
    live_side.max_streams = 0
    assert (await AsyncClient().head(path.format(job=job.pk), headers=headers)).status_code == 503
