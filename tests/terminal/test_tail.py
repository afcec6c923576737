"""`manage.py tail` as a process of its own, following what other processes log."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from django.db import connection, connections
from django.utils import timezone

from jobs import lifecycle, statuses
from jobs.models import Job
from tests.factories import append_lines, make_job, make_step

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MANAGE = str(Path(__file__).parents[2] / "manage.py")
DEADLINE_S = 30.0

Process = subprocess.Popen[bytes]
Manage = Callable[..., Process]


@pytest.fixture
def manage(tmp_path: Path) -> Iterator[Manage]:
    """Starts `manage.py` on the test's database; what still runs at the end, or too long, is killed."""
    database = f"sqlite:///{connection.settings_dict['NAME']}"
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    started: list[tuple[Process, threading.Timer]] = []

    def start(*arguments: str, stdout: int | IO[bytes] = subprocess.PIPE, **variables: str) -> Process:
        environment = {**clean, "DATABASE_URL": database, "QUAERO_DATA_DIR": str(tmp_path), **variables}
        process = subprocess.Popen(
            [sys.executable, MANAGE, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        deadline = threading.Timer(DEADLINE_S, process.kill)
        deadline.start()
        started.append((process, deadline))
        return process

    yield start
    for process, deadline in started:
        deadline.cancel()
        with process:
            process.kill()


@pytest.fixture
def tail(manage: Manage) -> Manage:
    """Starts `manage.py tail` and waits until it has looked: what is logged from then on must come."""

    def start(*arguments: str, **options: object) -> Process:
        process = manage("tail", *arguments, **options)
        assert process.stderr is not None
        assert process.stderr.readline()
        return process

    return start


def next_line(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().removesuffix("\n")


def end_of(process: Process) -> tuple[int, list[str], str]:
    """Waits for the end: exit code, the lines left, its standard error."""
    out, errors = process.communicate(timeout=DEADLINE_S)
    return process.returncode, (out or b"").decode().splitlines(), errors.decode()


def message_of(line: str) -> str:
    return line.split("| ", 1)[1]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)


def test_lines_of_a_command_come_while_it_runs_and_its_end_ends_the_tail(manage: Manage, tail: Manage) -> None:
    runjob = manage("runjob", "--name", "echoing", "--", "cat")
    wait_until(Job.objects.listed().exists)
    tailing = tail("echoing")
    assert runjob.stdin is not None
    for word in ("one", "two"):
        runjob.stdin.write(f"{word}\n".encode())
        runjob.stdin.flush()
        assert message_of(next_line(tailing)) == word
    runjob.stdin.write(b"last\n")
    runjob.stdin.close()
    code, lines, errors = end_of(tailing)
    assert (code, [message_of(line) for line in lines]) == (0, ["last"])
    assert "echoing: completed after" in errors


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("cancelled", 3)])
def test_end_of_the_job_gives_the_exit_code(tail: Manage, job: Job, status: str, code: int) -> None:
    tailing = tail(str(job.pk))
    append_lines(job, ["last"])
    lifecycle.finish_job(job, status)
    assert (end_of(tailing)[0], job.entries.count()) == (code, 1)


def test_end_never_overtakes_lines_of_several_writers(tail: Manage, job: Job) -> None:
    tailing = tail(str(job.pk), "--json", "-n", "0")
    writers = [threading.Thread(target=write_lines, args=[job, 40, 50]) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lifecycle.finish_job(job, statuses.COMPLETED)
    _, lines, _ = end_of(tailing)
    assert [json.loads(line)["line"] for line in lines] == list(range(1, 6001))


def write_lines(job: Job, batches: int, count: int) -> None:
    try:
        for _ in range(batches):
            append_lines(job, count)
    finally:
        connections.close_all()


def test_new_lines_alone_and_only_those_that_match(tail: Manage, job: Job) -> None:
    step = make_step(job, "build")
    append_lines(job, ["old"], level="error", step=step)
    tailing = tail(job.name, "-n0", "--level=warn", "--step=build", "--search=LINE", "--stream=stderr")
    append_lines(job, ["line 1"], step=step, stream="stderr")
    append_lines(job, ["line 2"], level="warn", stream="stderr")
    append_lines(job, ["line 3", "row 3"], level="error", step=step, stream="stderr")
    append_lines(job, ["line 4"], level="error", step=step)
    lifecycle.finish_job(job, statuses.COMPLETED)
    assert [line[25:] for line in end_of(tailing)[1]] == ["ERROR ! line 3"]


def test_since_goes_on_without_a_gap(tail: Manage, job: Job) -> None:
    ids = append_lines(job, 5).ids
    tailing = tail(job.name, f"--since={ids[2]}", "-n1")
    append_lines(job, ["new"])
    lifecycle.finish_job(job, statuses.COMPLETED)
    assert [message_of(line) for line in end_of(tailing)[1]] == ["line 4", "line 5", "new"]


def test_with_children_it_follows_those_that_appear_until_all_have_ended(
    manage: Manage, tail: Manage, job: Job
) -> None:
    tailing = tail(job.name, "--children")
    append_lines(job, ["from the parent"])
    with manage("runjob", "--name", "spawned", "--", "echo", "from a child", QUAERO_JOB_ID=str(job.pk)) as spawned:
        wait_until(Job.objects.filter(parent=job).exists)
        lifecycle.finish_job(job, statuses.FAILED)
        assert spawned.wait(DEADLINE_S) == 0
    code, lines, errors = end_of(tailing)
    assert [line[25:] for line in lines] == [
        "INFO  [nightly import] | from the parent",
        "INFO  [spawned] | from a child",
    ]
    assert (code, "nightly import: failed" in errors) == (1, True)


def test_service_follows_all_jobs_until_interrupted(tail: Manage) -> None:
    tailing = tail("--service")
    for name in ("first", "second"):
        append_lines(make_job(name), ["hello"])
        assert next_line(tailing)[25:] == f"INFO  [{name}] | hello"
    tailing.send_signal(signal.SIGINT)
    assert end_of(tailing)[0] == 130


def test_deleted_job_ends_the_tail(tail: Manage, job: Job) -> None:
    tailing = tail(job.name)
    job.delete()
    code, lines, errors = end_of(tailing)
    assert (code, lines) == (1, [])
    assert errors == "nightly import was deleted\n"


def test_job_that_lost_its_process_does_not_hang_the_tail(tail: Manage) -> None:
    job = make_job(heartbeat_at=timezone.now())
    code, lines, errors = end_of(tail(job.name))
    assert (code, [line[25:] for line in lines]) == (1, ["ERROR * lost its process"])
    assert "lost its process" in errors


def interrupted(process: Process) -> tuple[int, str]:
    """Sends SIGINT; returns the exit code and its standard error."""
    process.send_signal(signal.SIGINT)
    process.wait(DEADLINE_S)
    return process.returncode, end_of(process)[2]


def test_interrupt_while_following_ends_it_quietly(tail: Manage, job: Job) -> None:
    assert interrupted(tail(job.name)) == (130, "")


def test_interrupt_while_its_output_is_not_read_ends_it_quietly(tail: Manage, job: Job) -> None:
    append_lines(job, 20_000)
    tailing = tail(job.name, "-n", "20000")
    wait_until(lambda: waiting_bytes(tailing) > 50_000)
    assert interrupted(tailing) == (130, "")


def waiting_bytes(process: Process) -> int:
    assert process.stdout is not None
    return int(struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, b"\0" * 4))[0])


ENDLESS_QUERY = """
import sqlite3, sys
sys.path.insert(0, sys.argv[1])
from logstream.tailing.interrupt import exit_on_interrupt
with exit_on_interrupt(lambda: print("last words", file=sys.stderr)):
    print("ready", flush=True)
    sqlite3.connect(":memory:").execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
"""


def test_interrupt_in_the_middle_of_a_query_ends_it_at_once() -> None:
    command = [sys.executable, "-c", ENDLESS_QUERY, str(Path(MANAGE).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = threading.Timer(DEADLINE_S, process.kill)
        deadline.start()
        assert next_line(process) == "ready"
        assert interrupted(process) == (130, "last words\n")
        deadline.cancel()


def test_interrupt_before_the_command_has_begun_ends_it_quietly(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "interrupted_settings.py").write_text("raise KeyboardInterrupt")
    process = manage("tail", "--latest", DJANGO_SETTINGS_MODULE="interrupted_settings", PYTHONPATH=str(tmp_path))
    code, _, errors = end_of(process)
    assert (code, errors) == (130, "")


def test_reader_that_leaves_ends_the_tail_quietly(tail: Manage, job: Job) -> None:
    append_lines(job, 3)
    tailing = tail(job.name)
    assert message_of(next_line(tailing)) == "line 1"
    assert tailing.stdout is not None
    tailing.stdout.close()
    append_lines(job, 3)
    assert (tailing.wait(DEADLINE_S), stderr_of(tailing)) == (141, "")


def test_reader_that_leaves_a_quiet_log_ends_the_tail_as_well(tail: Manage, job: Job) -> None:
    tailing = tail(job.name)
    assert tailing.stdout is not None
    tailing.stdout.close()
    assert (tailing.wait(DEADLINE_S), stderr_of(tailing)) == (141, "")


def stderr_of(process: Process) -> str:
    assert process.stderr is not None
    return process.stderr.read().decode()


@pytest.mark.parametrize(("variables", "option", "is_coloured"), [
    ({}, "--color=auto", True), ({"NO_COLOR": "1"}, "--color=auto", False), ({}, "--color=never", False),
])  # fmt: skip
def test_colours_on_a_terminal(
    manage: Manage, job: Job, variables: dict[str, str], option: str, is_coloured: bool
) -> None:
    append_lines(job, ["\x1b[35mpurple\x1b[0m \x1b]0;title\x07"], level="warn")
    text = shown_on_a_terminal(manage, job.name, option, TERM="xterm", **variables)
    assert ("\x1b[35mpurple\x1b[0m" in text) is ("\x1b[33mWARN \x1b[0m" in text) is is_coloured
    assert "purple" in text
    assert "\x1b]" not in text


def shown_on_a_terminal(manage: Manage, *arguments: str, **variables: str) -> str:
    """All that `tail --no-follow` writes when its standard output is a terminal."""
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "wb") as stdout:
        process = manage("tail", "--no-follow", *arguments, stdout=stdout, **variables)
    shown = b""
    try:
        while some := os.read(controller, 65536):
            shown += some
    except OSError:  # the terminal's other side is closed
        pass
    finally:
        os.close(controller)
    process.wait(DEADLINE_S)
    return shown.decode()


def test_pipe_is_plain(tail: Manage, job: Job) -> None:
    append_lines(job, ["\x1b[35mpurple\x1b[0m"])
    assert "\x1b" not in "".join(end_of(tail(job.name, "--no-follow", TERM="xterm"))[1])


@pytest.mark.parametrize(("arguments", "words"), [
    (["no such job"], "there is no job 'no such job'"),
    (["--latest", "--level=loud"], "--level 'loud' is not allowed"),
    ([], "one of the arguments JOB --latest --service is required"),
])  # fmt: skip
def test_wrong_usage_exits_with_2_and_prints_nothing(
    manage: Manage, job: Job, arguments: list[str], words: str
) -> None:
    code, lines, errors = end_of(manage("tail", *arguments))
    assert (code, lines) == (2, [])
    assert words in errors
    assert "Traceback" not in errors
