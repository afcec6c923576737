"""A whole installation in a directory of its own: server, jobs, people. Nothing of it is in this process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from tests.live.serving import DEADLINE_S, ROOT, free_port

SIGN_IN_LINK = re.compile(r"http://\S+/sign-in/\S+")

# Says what comes through a named pipe, when it comes: the test decides when a job says what.
SPEAKER = """
import sys
for line in open(sys.argv[1], encoding="utf-8", newline=chr(10)):
    text = line.rstrip(chr(10))
    if text.startswith("exit "):
        sys.exit(int(text[5:]))
    is_error = text.startswith("stderr ")
    print(text.removeprefix("stderr "), file=sys.stderr if is_error else sys.stdout, flush=True)
"""


@dataclass
class SpeakingJob:
    """A `runjob` in a process of its own, whose command says what `say` gives it. A context manager: it ends."""

    id: str
    process: subprocess.Popen[str]
    pipe: TextIO

    def say(self, *lines: str) -> None:
        self.pipe.writelines(f"{line}\n" for line in lines)
        self.pipe.flush()

    def finish(self, exit_code: int = 0) -> int:
        self.say(f"exit {exit_code}")
        return self.process.wait(DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.pipe.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(DEADLINE_S)


@dataclass
class FedJob:
    """A `runjob` in a process of its own, whose command reads what it is given until `finish`. A context manager."""

    id: str
    process: subprocess.Popen[str]

    def finish(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(DEADLINE_S)


@dataclass
class Installation:
    data_dir: Path
    programs: str = "python,shell"  # the languages that may be run
    settings: dict[str, str] = field(default_factory=dict)  # further variables
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[str] | None = None
    sign_in_link: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"QUAERO_DATA_DIR": str(self.data_dir), "QUAERO_PROGRAMS": self.programs, "PYTHONUNBUFFERED": "1"}
        return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own | self.settings

    def start(self, *options: str) -> None:
        """Returns when the server has said where it is."""
        command = [*self._manage("serve"), "--port", str(self.port), "--no-sample-jobs", *options]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.server.stdout is not None
        for line in self.server.stdout:
            found = SIGN_IN_LINK.search(line)
            if found:
                self.sign_in_link = found.group()
            if "Ctrl-C" in line:
                return
        raise AssertionError("the server ended instead of serving")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        assert self.server is not None
        if self.server.poll() is None:
            self.server.send_signal(number)
        self.server.wait(DEADLINE_S)
        if self.server.stdout is not None:
            self.server.stdout.close()

    def new_sign_in_link(self, name: str) -> str:
        code = "from django.contrib.auth.models import User; from jobs.web.sign_in import sign_in_link_path"
        return self.url + self.python(f"{code}; print(sign_in_link_path(User.objects.get(username={name!r})))").strip()

    def run(self, *command: str, name: str = "") -> str:
        """Runs a command as a job to its end. Gives the job's id."""
        process = self._runjob(command, name)
        return id_of(process)

    def speaking_job(self, name: str = "Speaking job") -> SpeakingJob:
        path = self.data_dir / f"pipe-{len(list(self.data_dir.iterdir()))}"
        os.mkfifo(path)
        process = self._runjob([sys.executable, "-c", SPEAKER, str(path)], name)
        job_id = id_of(process, wait=False)
        return SpeakingJob(job_id, process, path.open("w", encoding="utf-8"))

    def fed_job(self, command: list[str], name: str = "Fed job") -> FedJob:
        process = self._runjob(command, name, stdin=subprocess.PIPE)
        return FedJob(id_of(process, wait=False), process)

    def python(self, code: str) -> str:
        """Runs Python inside the installation, and gives what it prints."""
        command = [*self._manage("shell"), "--no-imports", "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    def _runjob(
        self, command: list[str] | tuple[str, ...], name: str, *, stdin: int | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._manage("runjob"), "--name", name or command[0], "--", *command],
            cwd=ROOT,
            env=self.environment,
            stdin=stdin,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _manage(self, command: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), command]


def id_of(process: subprocess.Popen[str], *, wait: bool = True) -> str:
    """The job's id, which `runjob` says first."""
    assert process.stderr is not None
    said = process.stderr.readline().split()
    assert said[:1] == ["job"], said
    if wait:
        process.wait(DEADLINE_S)
        process.stderr.close()
    return said[1]
