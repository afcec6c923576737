"""Under the project's own servers: streams hold no threads and end with the server; without streams, pages poll."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.embedded.conftest import sign_in
from tests.embedded.host import Host, stop
from tests.live.serving import DEADLINE_S

MANY = 30
POOLS = 12  # threads that read for all streams, and a few of the server's own


@pytest.fixture(scope="module")
def headers(host: Host) -> dict[str, str]:
    return {"Authorization": f"Bearer {host.new_token()}"}


def test_idle_streams_hold_no_threads_and_end_with_the_server(host: Host, headers: dict[str, str]) -> None:
    job = host.new_job()
    with host.served("uvicorn", "shop.asgi:application", "--port", str(host.port)) as server, ExitStack() as streams:
        before = threads_of(server.pid)
        client = streams.enter_context(httpx.Client(headers=headers, timeout=DEADLINE_S))
        address = f"{host.root}api/jobs/{job}/logs/stream"
        lines = [streams.enter_context(client.stream("GET", address)).iter_lines() for _ in range(MANY)]
        for each in lines:
            assert any(line == "event: logs" for line in each)
        assert threads_of(server.pid) - before <= POOLS
        assert stop(server) != 0  # uvicorn raises the signal again when it has stopped
        for each in lines:
            assert [line for line in each if line.startswith("retry: ")]
    host.finish(job)


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_a_wsgi_server_says_that_it_has_no_streams(host: Host, headers: dict[str, str], visitor: Page) -> None:
    job = host.new_job("polled import")
    with host.served("django", "runserver", "--noreload", "--settings=shop.settings", str(host.port)):
        for path in (f"api/jobs/{job}/logs/stream", "api/jobs/stream", "api/service/logs/stream"):
            answer = httpx.get(host.root + path, headers=headers, timeout=DEADLINE_S)
            assert (answer.status_code, answer.json()["code"]) == (501, "streams_need_asgi")
        status = httpx.get(f"{host.root}api/streams/status", headers=headers).json()
        assert (status["active_streams"], status["connections"]) == (0, {"global": {"sse": 0}, "jobs": {}})
        sign_in(visitor, host)
        visitor.goto(f"{host.root}jobs/{job}/")
        expect(visitor.locator("main")).to_contain_text("Polling", timeout=20_000)
        host.say(job, "read by pages")
        expect(visitor.locator("main")).to_contain_text("read by pages", timeout=20_000)
    host.finish(job)
