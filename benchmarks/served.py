"""A whole `manage.py serve` for one benchmark, with workers, used over HTTP alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 60.0
ENDED = ("completed", "failed", "cancelled")


class Served:
    """Runs from start to end of a `with` block."""

    def __init__(self, *, workers: int = 2, settings: str = "quaero.settings") -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="quaero-benchmark-", ignore_cleanup_errors=True)
        self.port = free_port()
        others = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = {
            **others, "QUAERO_DATA_DIR": self._directory.name, "QUAERO_PROGRAMS": "python,shell",
            "QUAERO_WORKERS": str(workers), "QUAERO_SAMPLE_JOBS": "off",
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "benchmarks"))),
            "DJANGO_SETTINGS_MODULE": settings,
        }  # fmt: skip

    def __enter__(self) -> Served:
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        self._wait_until(self._answers)
        scopes = ("--scopes", "read,write,run")
        token = self.manage("token", "create", "--user", "benchmark", "--create-user", *scopes)
        self.client.headers["Authorization"] = f"Bearer {token.strip()}"
        self._wait_until(lambda: self.get("/api/workers")["alive"] == int(self.environment["QUAERO_WORKERS"]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self._directory.cleanup()

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ).stdout

    def get(self, path: str) -> dict:
        return self.client.get(path).raise_for_status().json()

    def run(self, program: str, language: str = "shell", **members: object) -> str:
        """Orders a run of the program. Returns the id of its job."""
        order = {"program": program, "language": language, **members}
        answer = self.client.post("/api/execute-async", json=order).raise_for_status()
        return str(answer.json()["execution_id"])

    def workers(self) -> list[psutil.Process]:
        """The processes of registered workers that are alive."""
        rows = self.get("/api/workers")["workers"]
        return [psutil.Process(row["pid"]) for row in rows if psutil.pid_exists(row["pid"])]

    def _answers(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not is_so():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("the server does not start")
            time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
