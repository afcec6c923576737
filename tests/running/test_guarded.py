"""A run's process behind its guardian: nothing of it gets away, whatever ends it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from jobs.running.processes import guarded
from jobs.running.processes.bounds import Bounds
from jobs.running.processes.guarded import GUARDIAN, GuardedProcess
from jobs.running.processes.strays import Search
from tests.processes import eventually, is_gone

pytestmark = pytest.mark.slow

MIB = 1 << 20
Start = Callable[..., GuardedProcess]


@pytest.fixture
def job_id() -> str:
    """Of each test another: what one has left behind is not found by the next."""
    return str(uuid4())


@pytest.fixture
def start(tmp_path: Path, job_id: str) -> Iterator[Start]:
    """Starts `sh -c SCRIPT`, or a command, behind a guardian; ends what is left of it."""
    started: list[GuardedProcess] = []

    def start_one(*command: str, memory_bytes: int = 512 * MIB) -> GuardedProcess:
        arguments = ("sh", "-c", command[0]) if len(command) == 1 else command
        scratch = tmp_path / f"scratch-{len(started)}"
        scratch.mkdir()
        environment = {"PATH": os.environ["PATH"], "QUAERO_JOB_ID": job_id}
        bounds = Bounds(memory_bytes=memory_bytes)
        process = GuardedProcess(arguments, environment, directory=scratch, scratch=scratch, bounds=bounds)
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.close()


def pids_said_by(process: GuardedProcess, count: int = 1) -> list[int]:
    output = b""
    while output.count(b"\n") < count:
        output += os.read(process.stdout.fileno(), 1000)
    return [int(line) for line in output.split()]


@pytest.mark.parametrize(
    ("script", "code", "killed_by"),
    [("true", 0, ""), ("exit 3", 3, ""), ("kill -KILL $$", 137, "SIGKILL"), ("kill -TERM $$", 143, "SIGTERM")],
)
def test_it_ends_as_the_command_does(start: Start, script: str, code: int, killed_by: str) -> None:
    process = start(script)
    assert (process.wait(), process.killed_by) == (code, killed_by)


def test_a_command_that_cannot_be_started_says_so(start: Start) -> None:
    process = start("/no/such/command", "argument")
    assert process.wait() == 126
    assert process.stderr.read() == b"cannot start /no/such/command: No such file or directory\n"


def test_the_command_has_the_environment_that_it_is_given(start: Start, job_id: str) -> None:
    assert sorted(start("env", "-0").stdout.read().split(b"\0")) == [
        b"", f"PATH={os.environ['PATH']}".encode(), f"QUAERO_JOB_ID={job_id}".encode()
    ]  # fmt: skip


def test_the_output_is_the_commands_and_ends_with_it(start: Start) -> None:
    process = start("echo out; echo err >&2")
    assert (process.stdout.read(), process.stderr.read()) == (b"out\n", b"err\n")


def test_it_runs_in_its_scratch_directory_which_goes_with_it(start: Start) -> None:
    process = start("echo text > file; pwd")
    directory = Path(process.stdout.read().decode().strip())
    process.wait()
    assert directory.name == "scratch-0"
    assert not directory.exists()


def test_a_signal_reaches_the_whole_group(start: Start) -> None:
    process = start("sleep 60 & echo $!; echo $$; wait")
    pids = pids_said_by(process, 2)
    process.signal_group(signal.SIGTERM)
    assert process.wait() == 143
    assert all(map(is_gone, pids))


def test_a_kill_reaches_what_has_moved_to_a_session_of_its_own(start: Start) -> None:
    process = start("setsid sh -c 'echo $$; exec sleep 60' & sleep 60")
    (daemon,) = pids_said_by(process)
    process.signal_group(signal.SIGKILL)
    process.wait()
    assert is_gone(daemon)


@pytest.mark.parametrize("background", ["sleep 60 &", "setsid sleep 60 &", "(trap '' TERM; sleep 60) &"])
def test_what_the_command_leaves_behind_is_ended_after_a_while(start: Start, background: str) -> None:
    process = start(f"{background} echo $!")
    (left,) = pids_said_by(process)
    assert process.wait() == 0
    assert is_gone(left)
    assert process.left_behind >= 1


def test_what_has_moved_to_a_session_of_its_own_may_end_in_order_too(start: Start, tmp_path: Path) -> None:
    mark = tmp_path / "ended in order"
    daemon = f"trap 'echo > \"{mark}\"; exit' TERM; sleep 60 & wait"
    process = start(f"setsid sh -c {shlex.quote(daemon)} &")
    process.wait()
    assert mark.exists()


def test_the_output_ends_though_something_is_left_behind(start: Start) -> None:
    process = start("sleep 60 >/dev/null 2>&1 & echo $!")
    left = int(process.stdout.read())
    assert not is_gone(left)


def test_what_is_left_when_its_worker_has_done_with_it_may_end_in_order(start: Start, tmp_path: Path) -> None:
    mark = tmp_path / "ended in order"
    process = start(f"trap 'echo > \"{mark}\"; exit' TERM; echo $$; sleep 60 & wait")
    (pid,) = pids_said_by(process)
    process.close()
    assert is_gone(pid)
    assert mark.exists()


def test_signals_to_the_guardian_change_nothing(start: Start) -> None:
    process = start("trap 'exit 3' USR1; echo $$; sleep 60 & wait")
    pids_said_by(process)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(process.pid, number)
    process.signal_group(signal.SIGUSR1)
    assert process.wait() == 3


def test_the_command_has_no_part_in_what_worker_and_guardian_say(start: Start) -> None:
    process = start("ls -l /proc/self/fd | grep -c socket; ulimit -Hc")
    assert process.stdout.read().split() == [b"0", b"0"]


def test_what_ends_by_itself_meanwhile_is_not_called_left_behind(start: Start) -> None:
    process = start("(sleep 0.3; echo late) & exit 0")
    assert process.stdout.read() == b"late\n"
    assert (process.wait(), process.left_behind) == (0, 0)


def test_one_process_that_asks_for_too_much_memory_is_refused_it(start: Start) -> None:
    process = start(sys.executable, "-c", "x = bytes(300 << 20)", memory_bytes=128 * MIB)
    assert process.wait() == 1
    assert b"MemoryError" in process.stderr.read()


def test_processes_that_use_too_much_memory_together_are_killed(start: Start) -> None:
    eater = f"{sys.executable} -c 'import time; x = b\"x\" * (60 << 20); time.sleep(60)'"
    process = start(f"{eater} & {eater} & {eater} & wait", memory_bytes=128 * MIB)
    assert process.wait() == 137
    assert process.broken_bound is not None
    name, used = process.broken_bound
    assert (name, used > 128 * MIB) == ("memory", True)


def test_memory_that_forked_processes_share_counts_once(start: Start) -> None:
    script = "import os, time; x = b'x' * (60 << 20); [os.fork() for _ in range(3)]; time.sleep(1)"
    process = start(sys.executable, "-c", script, memory_bytes=128 * MIB)
    assert (process.wait(), process.broken_bound) == (0, None)


def test_shared_memory_counts(start: Start) -> None:
    fill = "x = mmap.mmap(-1, 190 << 20); [x.write(bytes(1 << 20)) for _ in range(190)]"
    script = f"import mmap, time; {fill}; time.sleep(60)"
    process = start(sys.executable, "-c", script, memory_bytes=128 * MIB)
    assert process.wait() == 137
    assert process.broken_bound is not None


def test_a_worker_that_is_killed_takes_its_run_along(tmp_path: Path) -> None:
    """The worker is a process of its own here; its death closes the socket."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    script = "trap '' TERM; setsid sleep 60 & echo $!; echo $$; wait; sleep 60"
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(scratch), script],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    pids = [int(worker.stdout.readline()) for _ in range(2)]
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert eventually(lambda: all(map(is_gone, pids)) and not scratch.exists(), within_s=10)


WORKER = f"""
import socket, subprocess, sys
ours, theirs = socket.socketpair()
scratch, script = sys.argv[1:]
bounds = f"control={{theirs.fileno()}} scratch={{scratch}} memory={1 << 29} processes=0 file=0 disk=0"
command = (*{GUARDIAN!r}, *bounds.split(), "--", "sh", "-c", script)
process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=scratch, start_new_session=True)
theirs.close()
process.wait()
"""


def test_a_guardian_that_is_killed_leaves_no_command(start: Start) -> None:
    process = start("echo $$; sleep 60")
    (pid,) = pids_said_by(process)
    os.kill(process.pid, signal.SIGKILL)
    assert eventually(process.has_ended)
    assert eventually(lambda: process.has_ended() and is_gone(pid), within_s=5)


@pytest.mark.parametrize("background", ["setsid sleep 60 &", "(trap '' TERM; setsid setsid sleep 60) &"])
def test_a_guardian_that_is_killed_leaves_nothing_in_other_sessions(start: Start, job_id: str, background: str) -> None:
    process = start(f"{background} kill -KILL $PPID; sleep 60")
    assert eventually(process.has_ended)
    assert Search(job_id).look() == []


def test_a_guardian_that_is_killed_leaves_nothing_without_an_environment(start: Start) -> None:
    process = start("setsid env -i sh -c 'echo $$; kill -KILL '$PPID'; sleep 60; :' & sleep 60")
    (pid,) = pids_said_by(process)
    assert eventually(process.has_ended)
    assert is_gone(pid)


def test_nobody_hears_that_it_has_ended_while_another_still_kills_what_is_left(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start("kill -KILL $PPID; sleep 60")
    killing, may_go_on, said = threading.Event(), threading.Event(), list[str]()

    def kill_slowly(job_id: str) -> None:
        killing.set()
        may_go_on.wait()
        said.append("killed")

    def ask(word: str) -> None:
        eventually(process.has_ended)
        said.append(word)

    monkeypatch.setattr(guarded, "kill_strays", kill_slowly)
    first, second = (threading.Thread(target=ask, args=[word]) for word in ("has ended", "has ended"))
    first.start()
    killing.wait()
    second.start()
    second.join(0.2)
    may_go_on.set()
    first.join()
    second.join()
    assert said == ["killed", "has ended", "has ended"]


def test_a_signal_that_comes_before_the_command_has_begun_reaches_it(start: Start) -> None:
    process = start("sleep", "60")
    process.signal_group(signal.SIGTERM)
    assert (process.wait(), process.killed_by) == (143, "SIGTERM")


def test_signals_that_the_command_sends_to_the_guardian_change_nothing(start: Start) -> None:
    process = start("for name in TERM INT HUP USR1 USR2 QUIT ALRM TSTP; do kill -$name $PPID; done; sleep 0.2; exit 3")
    assert (process.wait(), process.killed_by) == (3, "")


def test_signals_that_the_guardian_ignores_are_not_ignored_by_the_command(start: Start) -> None:
    process = start("kill -USR1 $$; sleep 60")
    assert (process.wait(), process.killed_by) == (138, "SIGUSR1")


def test_a_guardian_that_was_stopped_goes_on(start: Start) -> None:
    process = start("kill -STOP $PPID; echo stopped; exit 3")
    assert process.stdout.readline() == b"stopped\n"
    assert eventually(process.has_ended, within_s=10)
    assert process.wait() == 3
