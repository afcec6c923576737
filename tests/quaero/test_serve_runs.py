"""Runs under `manage.py serve` when parts of it are killed or stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.live.sse import EventParser, lines_of
from tests.processes import DEADLINE_S, Serving, eventually, manage

pytestmark = pytest.mark.slow

FOREVER = "import time\nn = 0\nwhile True:\n    n += 1\n    print(n)\n    time.sleep(0.05)"


class Quaero(Serving):
    """An installation that allows programs, and a user who may run them."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir, QUAERO_PROGRAMS="python,shell")

    def client(self) -> httpx.Client:
        options = ("--user", "ci", "--create-user", "--scopes", "read,write,run")
        token = manage("token", "create", *options, QUAERO_DATA_DIR=str(self.data_dir)).stdout.strip()
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}, timeout=DEADLINE_S)

    def workers(self) -> list[psutil.Process]:
        return [process for process in self.everything() if "work" in process.cmdline()]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Quaero]:
    with Quaero(tmp_path / "installation") as quaero:
        yield quaero.ready()


@pytest.fixture
def client(serving: Quaero) -> Iterator[httpx.Client]:
    with serving.client() as client:
        yield client


def run(client: httpx.Client, program: str, **members: object) -> str:
    answer = client.post("/api/execute-async", json={"program": program, **members})
    return str(answer.raise_for_status().json()["execution_id"])


def job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/jobs/{job_id}").raise_for_status().json()
    return found


def has_logged(client: httpx.Client, job_id: str) -> int:
    return int(job(client, job_id)["last_line"])


def programs_of(serving: Quaero) -> list[psutil.Process]:
    """The process behind a guardian, whose command line contains the program's too."""
    found = [(process, " ".join(process.cmdline())) for process in serving.everything()]
    programs = [(process, command) for process, command in found if "run_program.py" in command]
    return [process for process, command in programs if "processes/guardian" not in command]


def test_a_program_runs_and_its_result_is_there_to_be_fetched(client: httpx.Client) -> None:
    answer = client.post("/api/execute", json={"program": "print('hello')\n6 * 7"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"] == 42
    result = client.get(f"/api/result/{answer.json()['execution_id']}").json()
    assert result["result"] == {"value": 42, "type": "number"}
    assert [entry["message"] for entry in result["logs"]] == ["hello"]


def test_runs_go_on_and_streams_resume_when_the_web_process_is_killed(serving: Quaero, client: httpx.Client) -> None:
    job_id = run(client, FOREVER)
    eventually(lambda: has_logged(client, job_id) > 5)
    parser, path = EventParser(), f"/api/jobs/{job_id}/logs/stream?since=0"
    seen: list[int] = []
    with client.stream("GET", path) as stream:
        serving.web().kill()
        try:
            for data in stream.iter_bytes():
                seen += lines_of(parser.feed(data))
        except httpx.RemoteProtocolError:
            pass
    eventually(lambda: answers(client))
    events = []
    with client.stream("GET", path, headers={"Last-Event-ID": str(parser.last_id)}) as stream:
        for data in stream.iter_bytes():
            events += parser.feed(data)
            if len(lines_of(events)) > 20:
                break
    everything = [*seen, *lines_of(events)]
    assert everything == list(range(1, len(everything) + 1))
    assert job(client, job_id)["status"] == "running"


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_killed_worker_is_replaced_and_its_job_fails_with_the_reason(serving: Quaero, client: httpx.Client) -> None:
    job_id = run(client, FOREVER)
    eventually(lambda: has_logged(client, job_id) > 2)
    (program,) = programs_of(serving)
    worker = job(client, job_id)["worker"]
    psutil.Process(int(worker.rpartition(":")[2])).kill()
    eventually(lambda: job(client, job_id)["status"] == "failed", within_s=30)
    assert job(client, job_id)["error"] == "lost its process"
    eventually(lambda: not program.is_running(), within_s=5)
    eventually(lambda: client.get("/api/workers").json()["alive"] == 2, within_s=15)


def test_a_stopped_server_leaves_no_run_behind_and_says_why_it_ended(serving: Quaero, client: httpx.Client) -> None:
    job_id = run(client, FOREVER)
    eventually(lambda: has_logged(client, job_id) > 2)
    programs_of(serving)
    assert serving.stop(signal.SIGINT) == 0
    eventually(lambda: not serving.everything(), within_s=2)
    listed = manage("tail", job_id, "--no-follow", "--stream", "system", QUAERO_DATA_DIR=str(serving.data_dir)).stdout
    assert "its worker was stopped" in listed


def test_a_killed_server_leaves_no_run_behind(serving: Quaero, client: httpx.Client) -> None:
    job_id = run(client, FOREVER)
    eventually(lambda: has_logged(client, job_id) > 2)
    programs_of(serving)
    serving.process.kill()
    serving.process.wait()
    eventually(lambda: not serving.everything(), within_s=10)
