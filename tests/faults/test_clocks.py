"""A machine whose clock is wrong, among others."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.processes import DEADLINE_S, ROOT, Serving, environment, eventually

pytestmark = pytest.mark.slow

MANAGE = """
import datetime, sys
from django.utils import timezone
right = timezone.now
timezone.now = lambda: right() + datetime.timedelta(seconds={wrong_by_s})
sys.argv[0] = "manage.py"
import manage
manage.main()
"""


def runjob(server: Serving, wrong_by_s: int, script: str) -> subprocess.Popen[bytes]:
    """As on a machine whose clock is wrong by so much."""
    code = MANAGE.format(wrong_by_s=wrong_by_s)
    return subprocess.Popen(
        [sys.executable, "-c", code, "runjob", "--quiet", "--name", f"by {wrong_by_s}", "--", "sh", "-c", script],
        cwd=ROOT,
        env=environment(QUAERO_DATA_DIR=str(server.data_dir)),
    )


def jobs(server: Serving) -> dict[str, Any]:
    with closing(sqlite3.connect(server.data_dir / "quaero.sqlite3")) as database:
        rows = database.execute("SELECT name, status, exit_code, error FROM quaero_jobs_job WHERE kind = 'job'")
        return {name: rest for name, *rest in rows}


def test_no_job_is_lost_by_a_clock_and_a_lost_one_is_found_by_any(tmp_path: Path) -> None:
    offsets = (-19, -3600, 86_400)
    with Serving(tmp_path / "data", "--workers", "1") as server:
        server.ready()
        # Longer than three looks: by their clocks they are silent from the beginning, or for ever alive.
        started = [runjob(server, offset, "sleep 16; exit 3") for offset in offsets]
        assert [process.wait(DEADLINE_S) for process in started] == [3, 3, 3]
        assert jobs(server) == {f"by {offset}": ["failed", 3, "exit code 3"] for offset in offsets}

        killed = runjob(server, 7200, "exec sleep 60")
        eventually(lambda: jobs(server).get("by 7200", [""])[0] == "running")
        killed.send_signal(signal.SIGKILL)
        eventually(lambda: jobs(server)["by 7200"] == ["failed", None, "lost its process"])
