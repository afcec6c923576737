"""Runs that stop or kill what guards them: they end all the same, with everything that they have started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from jobs import operations
from jobs.models import Job
from jobs.running.ordering.programs import order_program
from jobs.running.processes import cgroups
from jobs.running.runner import CommandRun
from jobs.running.workers import execute as execute_module
from jobs.running.workers.execute import execute
from tests.processes import DEADLINE_S, ROOT, eventually, is_gone
from tests.quaero.test_serve_runs import Quaero, has_logged, run
from tests.runs import run_python, run_shell, said

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# The parent of a program is its guardian. It is stopped again and again, for as long as somebody lets it go on.
STOPS_ITS_GUARDIAN = (
    "import os, signal, time\n"
    "guardian = os.getppid()\n"
    "print(os.getpid(), flush=True)\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "while True:\n"
    "    os.kill(guardian, signal.SIGSTOP)\n"
    "    time.sleep(0.0005)\n"
)
# A daemon of nobody: in a session of its own, without environment or output, and of no parent that is known.
DAEMON = """
import os, signal, sys
def daemon():
    told, tells = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(null, descriptor)
            os.write(tells, str(os.getpid()).encode())
            os.execve("/bin/sleep", ["sleep", "60"], {})
        os._exit(0)
    os.wait()
    print(os.read(told, 20).decode(), flush=True)
"""


@pytest.fixture(autouse=True)
def programs(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the signal to the KILL, which none of these runs can do without."""
    monkeypatch.setattr(execute_module, "CommandRun", partial(CommandRun, grace=timedelta(seconds=0.5)))


@pytest.fixture(params=["in a cgroup", "without a cgroup"])
def cgroup(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without a cgroup":
        monkeypatch.setattr(cgroups, "home_of_runs", lambda: None)
    elif cgroups.home_of_runs() is None:
        pytest.skip("this machine has no cgroups that this user could make")


def pid_said(job: Job) -> int:
    return int(eventually(lambda: said(job))[0])


@pytest.fixture
def guardian_stopper() -> Iterator[tuple[Job, int, threading.Thread]]:
    job = order_program(STOPS_ITS_GUARDIAN)
    thread = threading.Thread(target=execute, args=(job.pk,))
    thread.start()
    pid = pid_said(job)
    yield job, pid, thread
    if not is_gone(pid):
        os.kill(pid, signal.SIGKILL)
    thread.join(20)


@pytest.mark.usefixtures("cgroup")
def test_a_run_that_stops_its_guardian_is_cancelled(guardian_stopper: tuple[Job, int, threading.Thread]) -> None:
    job, pid, thread = guardian_stopper
    operations.cancel(job, "Ada")
    thread.join(30)
    assert is_gone(pid)
    assert Job.objects.get(pk=job.pk).status == "cancelled"


@pytest.mark.usefixtures("cgroup")
def test_a_run_that_stops_its_guardian_is_timed_out() -> None:
    job = run_python(STOPS_ITS_GUARDIAN, timeout=0.5)
    assert (job.status, job.error) == ("failed", "timed out after 0.5 s")
    assert is_gone(pid_said(job))


def test_a_guardian_that_is_stopped_once_obeys_at_once() -> None:
    job = run_shell("trap 'echo in order; exit' TERM; kill -STOP $PPID; sleep 60 & wait", timeout=0.5)
    assert said(job) == ["in order"]


@pytest.mark.usefixtures("cgroup")
def test_a_run_that_traces_its_guardian_is_timed_out() -> None:
    """What is traced cannot be let go on by a signal."""
    attach = "import ctypes, os, time; print(os.getpid(), flush=True)\nctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)"
    job = run_python(f"{attach}\ntime.sleep(60)", timeout=0.5)
    assert job.error == "timed out after 0.5 s"
    assert is_gone(pid_said(job))


def test_a_run_that_kills_its_guardian_is_ended_though_it_holds_its_output() -> None:
    job = run_shell("echo $$; kill -KILL $PPID; exec sleep 60")
    assert job.status == "failed"
    assert is_gone(pid_said(job))


def test_a_daemon_of_a_run_that_kills_its_guardian_is_ended_in_its_cgroup() -> None:
    if cgroups.home_of_runs() is None:
        pytest.skip("this machine has no cgroups that this user could make")
    job = run_python(f"{DAEMON}daemon()\nos.kill(os.getppid(), signal.SIGKILL)")
    assert is_gone(pid_said(job))


def test_a_daemon_of_a_run_that_kills_its_guardian_is_ended_by_its_worker(tmp_path: Path) -> None:
    """The worker, which adopts what a guardian leaves, is a process of its own here: it does so to its end."""
    program = f"{DAEMON}daemon()\nos.kill(os.getppid(), signal.SIGKILL)"
    worker = [sys.executable, "-c", WORKER, str(tmp_path), program]
    output = subprocess.run(worker, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=DEADLINE_S).stdout
    assert is_gone(int(output))


WORKER = """
import sys
from pathlib import Path
from jobs.running.processes import orphans
from jobs.running.processes.bounds import Bounds
from jobs.running.processes.guarded import GuardedProcess
scratch, program = Path(sys.argv[1]), sys.argv[2]
command = (sys.executable, "-c", program)
with orphans.adopting():
    process = GuardedProcess(command, {}, directory=scratch, scratch=scratch, bounds=Bounds(memory_bytes=1 << 29))
    print(int(process.stdout.read()))
    process.close()
"""


def test_no_cgroup_is_left_of_a_run() -> None:
    home = cgroups.home_of_runs()
    if home is None:
        pytest.skip("this machine has no cgroups that this user could make")
    job = run_shell("cat /proc/self/cgroup")
    assert any(f"quaero-run-{job.pk}-" in line for line in said(job))
    assert list(home.glob(f"quaero-run-{job.pk}-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_stops_its_guardian_ends_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    home = cgroups.home_of_runs()
    with Quaero(tmp_path / "installation") as serving, serving.ready().client() as client:
        job_id = run(client, STOPS_ITS_GUARDIAN)
        eventually(lambda: has_logged(client, job_id))
        serving.everything()
        serving.stop(number)
        eventually(lambda: not serving.everything(), within_s=10)
    assert home is None or not list(home.glob(f"quaero-run-{job_id}-*"))
