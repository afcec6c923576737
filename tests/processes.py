"""Real processes for tests: `manage.py` commands and `serve`, each with an installation of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
DEADLINE_S = 60.0
NOT_THEIRS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")

T = TypeVar("T")


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without anything that configures Quaero, and with `variables`."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("QUAERO_") and name not in NOT_THEIRS
    }
    return {**kept, **variables}


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A `manage.py` command, run to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T], within_s: float = DEADLINE_S) -> T:
    """Calls `look` until it returns a true value. Returns that."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.05)
    return seen


class Serving:
    """A command that serves Quaero, by default `manage.py serve`, and everything that it starts.

    Its output goes to a file, which can be read at any time and never blocks the process.
    """

    command: tuple[str, ...] = (sys.executable, "manage.py", "serve")
    cwd: Path = ROOT

    def __init__(self, data_dir: Path, *options: str, port: int = 0, **variables: str) -> None:
        self.data_dir = data_dir
        data_dir.mkdir(exist_ok=True)
        self.output = data_dir / "output.txt"
        self.port = port or free_port()
        self.arguments = (*self.command, *self.place(), *options)
        self.variables = {"QUAERO_DATA_DIR": str(data_dir), "QUAERO_SAMPLE_JOBS": "off", **variables}
        self.seen: set[psutil.Process] = set()

    def place(self) -> tuple[str, ...]:
        return ("--port", str(self.port))

    def __enter__(self) -> Self:
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.arguments,
                cwd=self.cwd,
                env=environment(**self.variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.everything():
            with suppress(psutil.NoSuchProcess):  # it has ended by itself meanwhile
                process.kill()
        self.process.kill()
        self.process.wait()

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_in_link(self) -> str:
        self.wait_for("Sign in")
        return next(word for word in self.said.split() if "/sign-in/" in word)

    def wait_for(self, text: str) -> None:
        def has_come() -> bool:
            assert text in self.said or self.process.poll() is None, self.said
            return text in self.said

        eventually(has_come)

    def ready(self) -> Self:
        self.wait_for("Ctrl-C stops it")
        self.everything()
        return self

    def everything(self) -> set[psutil.Process]:
        """All processes that were ever seen under this one and are still alive."""
        if self.process.poll() is None:
            self.seen |= set(psutil.Process(self.process.pid).children(recursive=True))
        return {process for process in self.seen if is_there(process)}

    def web(self) -> psutil.Process:
        """The current web process."""
        found = [process for process in self.everything() if "quaero.serving.web_process" in process.cmdline()]
        assert len(found) == 1
        return found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends this signal and waits. Returns the exit code."""
        self.everything()
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)


def is_there(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or not is_there(psutil.Process(pid))


def sign_in(browser: httpx.Client, link: str) -> httpx.Response:
    """Open a sign-in link, press its button, and see what comes then."""
    browser.get(link).raise_for_status()
    return browser.post(link, data={"csrfmiddlewaretoken": browser.cookies["csrftoken"]}, follow_redirects=True)
