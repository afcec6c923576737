"""A disk that takes nothing for a while: writes to files fail, as the system bounds how large they may be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from tests.faults.soaking import at_least
from tests.processes import DEADLINE_S, ROOT, Serving, environment, eventually, manage

pytestmark = pytest.mark.slow

OUTAGE_S = at_least(27, soaking=150)  # more than a lease, and the time between two looks
LINES = 30_000  # more than memory holds
PROGRAM = f"""
import os, sys, time
print("begun", flush=True)
while not os.path.exists({{go!r}}):
    time.sleep(0.05)
for number in range({LINES}):
    print("line", number)
print('::result::{{{{"rows": 3}}}}')
sys.exit(3)
"""


@contextmanager
def full_disk(processes: Iterable[psutil.Process]) -> Iterator[None]:
    before = {process: process.rlimit(psutil.RLIMIT_FSIZE) for process in processes}
    for process, (_, most) in before.items():
        process.rlimit(psutil.RLIMIT_FSIZE, (1, most))
    yield
    for process, limits in before.items():
        with suppress(psutil.NoSuchProcess):
            process.rlimit(psutil.RLIMIT_FSIZE, limits)


def messages(server: Serving, job: str) -> list[str]:
    with closing(sqlite3.connect(server.data_dir / "quaero.sqlite3")) as database:
        rows = database.execute(
            "SELECT message FROM quaero_jobs_logentry WHERE job_id = ? ORDER BY line", [UUID(job).hex]
        )
        return [message for (message,) in rows]


def test_what_ends_while_the_disk_is_full_has_its_outcome_and_every_line_is_there_or_counted(tmp_path: Path) -> None:
    go = tmp_path / "go"
    program = PROGRAM.format(go=str(go))
    with Serving(tmp_path / "data", "--workers", "1", QUAERO_PROGRAMS="python") as server:
        server.ready()
        create = ("token", "create", "--user", "ci", "--create-user", "--scopes", "read,write,run")
        token = manage(*create, QUAERO_DATA_DIR=str(server.data_dir)).stdout.split()[-1]
        client = httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {token}"}, timeout=DEADLINE_S)
        client.post("/api/execute-async", json={"program": program}).raise_for_status()
        runjob = subprocess.Popen(
            [sys.executable, "manage.py", "runjob", "--name", "elsewhere", "--", sys.executable, "-c", program],
            cwd=ROOT,
            env=environment(QUAERO_DATA_DIR=str(server.data_dir)),
        )

        def jobs() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = client.get("/api/jobs").json()["jobs"]
            return found

        eventually(lambda: [job["last_line"] for job in jobs()] == [1, 1])
        with full_disk([*server.everything(), psutil.Process(server.process.pid), psutil.Process(runjob.pid)]):
            go.touch()
            time.sleep(OUTAGE_S)  # what is tested is that it lasts
            assert [job["status"] for job in jobs()] == ["running", "running"]
        assert runjob.wait(DEADLINE_S) == 3
        ended = eventually(lambda: [job for job in jobs() if job["status"] == "failed"][1:] and jobs())
        for job in ended:
            assert (job["exit_code"], job["error"]) == (3, "exit code 3")
            told = messages(server, job["id"])
            [lost] = [message for message in told if "lost here" in message]
            there = [int(message.removeprefix("line ")) for message in told if message.startswith("line ")]
            assert there == sorted(set(there))
            assert len(there) + int(lost.split()[0]) == LINES
            assert client.get(f"/api/jobs/{job['id']}").json()["result"] == {"rows": 3}
