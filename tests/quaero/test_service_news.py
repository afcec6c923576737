"""The service log after starts, crashes and stops of `manage.py serve`: news for operators, and nothing else."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from logstream.version import VERSION
from tests.processes import Serving, eventually, manage

pytestmark = pytest.mark.slow


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    options = {"QUAERO_PROGRAMS": "python", "QUAERO_STREAM_MAX_STREAMS": "1"}
    with Serving(tmp_path / "data", "--workers", "1", **options) as server:
        yield server.ready()


def client_of(server: Serving) -> httpx.Client:
    user = ("--user", "ci", "--create-user", "--scopes", "read,run")
    token = manage("token", "create", *user, QUAERO_DATA_DIR=str(server.data_dir)).stdout.strip()
    return httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def news_of(server: Serving) -> list[str]:
    """Each line as level and message, in order."""
    done = manage("tail", "--service", "--no-follow", "--since", "0", "--json", QUAERO_DATA_DIR=str(server.data_dir))
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    ours = [entry for entry in entries if entry["job_name"] == "Quaero"]
    return [f"{entry['level']} {entry['message']}" for entry in sorted(ours, key=lambda entry: str(entry["timestamp"]))]


def count_of(news: list[str], text: str) -> int:
    return sum(text in line for line in news)


def test_runs_are_no_news_and_what_becomes_of_processes_is(serving: Serving) -> None:
    with client_of(serving) as client:
        for _ in range(3):
            client.post("/api/execute", json={"program": "print(1)", "wait": 60}).raise_for_status()
        with client.stream("GET", "/api/jobs/stream"):
            refused = [client.get("/api/service/logs/stream").status_code for _ in range(3)]
        job_id = client.post("/api/execute-async", json={"program": "import time; time.sleep(99)"}).json()[
            "execution_id"
        ]
        eventually(lambda: client.get(f"/api/jobs/{job_id}").json()["status"] == "running")
        [worker] = client.get("/api/workers").json()["workers"]
        next(process for process in serving.everything() if process.pid == worker["pid"]).kill()
        eventually(lambda: count_of(news_of(serving), "is gone, without"))
        serving.web().kill()
        eventually(lambda: count_of(news_of(serving), "The web process has started") == 2)
    assert refused == [503] * 3
    assert serving.stop(signal.SIGTERM) == 0
    news = news_of(serving)
    for line in (
        f"info Quaero {VERSION} serves {serving.address}/ (process {serving.process.pid}, ",
        f"info The web process has started: Quaero {VERSION}, process ",
        f" has started: Quaero {VERSION}",
        "warn 1 stream refused, as all are taken",
        f"warn A worker has ended (killed by SIGKILL). A new one starts in 0.5 s. (It was process {worker['pid']}.)",
        f"warn python program ({job_id}) lost its process and has failed: its worker {worker['name']} is gone",
        f"warn Worker {worker['name']} is gone, without having said so",
        "warn The web process has ended (killed by SIGKILL). A new one starts in 0.5 s.",
        "info Quaero stops (SIGTERM)",
        " has stopped",
    ):
        assert count_of(news, line), line
        news = [said for said in news if line not in said]
    busy = [line for line in news if "database" in line]  # on a machine that has much to do
    assert set(news) - set(busy) <= {"info The web process stops"}
