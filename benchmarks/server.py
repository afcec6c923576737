"""A server process of the benchmark's installation, on a free port of this machine, and its use of resources."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, NamedTuple, cast

import psutil

PROGRAM = Path(__file__).with_name("web_process.py")
ROOT = PROGRAM.parent.parent
STOP_WITHIN_S = 10.0


class Resources(NamedTuple):
    threads: int
    database_handles: int
    other_handles: int  # sockets of clients left out
    memory: int  # bytes that only this process has
    cpu_s: float


class Server:
    """Runs from start to end of a `with` block. Its standard input and output are pipes to the benchmark."""

    def __init__(self, application: str = "quaero.asgi:application") -> None:
        raise_file_limit()
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
            self.port: int = listener.getsockname()[1]
            reading_end, self._writing_end = os.pipe()  # the process ends when the writing end is closed
            descriptors = (listener.fileno(), reading_end)
            self.process = subprocess.Popen(
                [sys.executable, PROGRAM, *map(str, descriptors), application],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{PROGRAM.parent}"},
                pass_fds=descriptors,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            os.close(reading_end)
        self.input, self.output = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._writing_end)

    def resources(self) -> Resources:
        process = psutil.Process(self.process.pid)
        targets = [handle_target(handle) for handle in Path(f"/proc/{process.pid}/fd").iterdir()]
        in_database = sum("quaero.sqlite3" in target for target in targets)
        sockets = sum(target.startswith("socket:") for target in targets)
        times = process.cpu_times()
        return Resources(
            process.num_threads(),
            in_database,
            len(targets) - in_database - sockets,
            process.memory_full_info().uss,
            times.user + times.system,
        )


def handle_target(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except FileNotFoundError:  # closed since it was listed
        return ""


def raise_file_limit() -> None:
    """Raises the limit of open files as far as allowed: each stream needs one here and one in the server."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
