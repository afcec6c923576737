"""A `runjob` that is killed takes its command along, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.processes import ROOT, environment, eventually, is_gone, manage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    data_dir = str(tmp_path_factory.mktemp("data"))
    manage("migrate", "--verbosity", "0", QUAERO_DATA_DIR=data_dir)
    return environment(QUAERO_DATA_DIR=data_dir)


@pytest.fixture
def started(variables: dict[str, str]) -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def runjob(started: list[subprocess.Popen[str]], variables: dict[str, str], script: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "runjob", "--quiet", "--echo", "--", "sh", "-c", script]
    started.append(subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True))
    return started[-1]


def pids_said_by(process: subprocess.Popen[str], count: int) -> list[int]:
    assert process.stdout is not None
    return [int(process.stdout.readline()) for _ in range(count)]


@pytest.mark.parametrize(
    "script",
    [
        "echo $$; exec sleep 60",
        "sleep 60 & echo $!; wait",
        "trap '' TERM HUP; echo $$; sleep 60; sleep 60",
        "setsid sleep 60 & echo $!; sleep 60",
        "setsid sh -c 'echo $$; exec sleep 60' & sleep 60",
    ],
    ids=["itself", "in its group", "deaf", "in another session", "as daemon"],
)
def test_it_takes_its_command_along(
    started: list[subprocess.Popen[str]], variables: dict[str, str], script: str
) -> None:
    process = runjob(started, variables, script)
    pids = pids_said_by(process, 1)
    process.kill()
    eventually(lambda: all(map(is_gone, pids)), within_s=20)


def test_its_command_may_end_in_order(
    started: list[subprocess.Popen[str]], variables: dict[str, str], tmp_path: Path
) -> None:
    mark = tmp_path / "ended"
    process = runjob(started, variables, f"trap 'echo > {mark}; exit' TERM; echo $$; sleep 60 & wait")
    pids_said_by(process, 1)
    process.kill()
    eventually(mark.exists, within_s=20)


def test_a_command_of_a_command_goes_along_too(started: list[subprocess.Popen[str]], variables: dict[str, str]) -> None:
    inner = f"{sys.executable} manage.py runjob --quiet --echo -- sh -c 'echo $$; sleep 60; :'"
    process = runjob(started, variables, inner)
    (pid,) = pids_said_by(process, 1)
    process.kill()
    eventually(lambda: is_gone(pid), within_s=20)


def test_what_a_command_leaves_behind_in_the_end_stays(
    started: list[subprocess.Popen[str]], variables: dict[str, str]
) -> None:
    process = runjob(started, variables, "setsid sleep 30 >/dev/null 2>&1 & echo $!")
    (pid,) = pids_said_by(process, 1)
    assert process.wait() == 0
    assert not is_gone(pid)
    os.kill(pid, signal.SIGKILL)


def test_nothing_of_it_is_left_in_the_end(started: list[subprocess.Popen[str]], variables: dict[str, str]) -> None:
    process = runjob(started, variables, "echo $$; exec sleep 60")
    pids_said_by(process, 1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    process.wait()
    assert len(children) == 2  # the command, and the shell that waits
    assert all(is_gone(child.pid) for child in children)
