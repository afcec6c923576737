"""Real commands as jobs: what is recorded while they run, how their end is told, how they are stopped."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from jobs import lifecycle
from jobs.models import Job, LogEntry
from jobs.running.reaper import fail_lost_jobs
from jobs.running.runner import Order, Outcome, Runner

MANAGE = [sys.executable, str(Path(__file__).parent.parent / "manage.py")]
DEADLINE_S = 30.0

pytestmark = pytest.mark.django_db(transaction=True)

Runjob = Callable[..., "subprocess.Popen[str]"]


def run(*command: str, **order: object) -> tuple[Job, Outcome]:
    """Runs a command as a job in this process."""
    job = lifecycle.create_job("test")
    outcome = Runner(Order(command=command, **order), job, print).run()  # type: ignore[arg-type]
    job.refresh_from_db()
    return job, outcome


def sh(script: str, **order: object) -> tuple[Job, Outcome]:
    return run("sh", "-c", script, **order)


def entries_of(job: Job, *columns: str) -> list[object]:
    return list(job.entries.order_by("line").values_list(*columns or ("message",), flat=len(columns) < 2))


def wait_for(condition: Callable[[], object]) -> object:
    """What `condition` gives, as soon as that is something."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


@pytest.fixture
def runjob(tmp_path: Path) -> Iterator[Runjob]:
    """Starts `manage.py runjob` on the test's database; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "QUAERO_DATA_DIR": str(tmp_path),
    }

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*MANAGE, "runjob", *arguments],
            env={**environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_every_line_is_recorded_with_stream_and_level() -> None:
    job, _ = sh("echo one; echo 'ERROR: two' >&2; echo three >&2")
    by_stream = sorted(entries_of(job, "stream", "message", "level"))
    assert by_stream == [("stderr", "ERROR: two", 40), ("stderr", "three", 30), ("stdout", "one", 20)]


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("true", Outcome("completed", 0, "")),
        ("exit 3", Outcome("failed", 3, "exit code 3")),
        ("kill -KILL $$", Outcome("failed", 137, "killed by SIGKILL")),
    ],
)
def test_the_exit_code_becomes_the_status(script: str, outcome: Outcome) -> None:
    job, told = sh(script)
    assert told == outcome == (job.status, job.exit_code, job.error)
    assert job.finished_at is not None


@pytest.mark.parametrize(("command", "exit_code"), [("no-such-command", 127), ("/no/such/file", 127), ("/etc", 126)])
def test_a_command_that_cannot_start_fails_its_job_as_a_shell_would(command: str, exit_code: int) -> None:
    job, outcome = run(command)
    assert outcome.exit_code == job.exit_code == exit_code
    assert job.status == "failed"
    assert entries_of(job, "stream", "message") == [("system", job.error)]
    assert job.error.startswith(f"cannot start {command}: ")


def test_lines_are_recorded_while_the_command_runs(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    job = lifecycle.create_job("test")
    runner = Runner(Order(command=("sh", "-c", f"echo before; read x < {fifo}; echo after")), job, print)
    thread = threading.Thread(target=lambda: (runner.run(), connection.close()))
    thread.start()
    wait_for(lambda: entries_of(job) == ["before"])
    fifo.write_text("go\n")
    thread.join(DEADLINE_S)
    assert entries_of(job) == ["before", "after"]


def test_the_last_line_is_there_before_the_job_ends() -> None:
    job, _ = sh("seq 5000; printf 'no newline'")
    assert job.last_line == 5001
    assert entries_of(job)[-1] == "no newline"


@pytest.mark.slow
def test_a_prompt_is_recorded_while_it_waits(tmp_path: Path) -> None:
    job, _ = sh("printf 'Sure? '; sleep 1.3; echo yes")
    assert entries_of(job, "message", "fields") == [("Sure? ", None), ("yes", {"continued": True})]


def test_groups_become_steps() -> None:
    job, _ = sh("echo a; echo ::group::build; echo b; echo ::endgroup::; echo ::group::test; exit 1", step_name="all")
    assert [(step.name, step.status) for step in job.steps.all()] == [
        *(("all", "failed"), ("build", "completed"), ("test", "failed"))
    ]
    assert entries_of(job, "message", "step__name") == [("a", "all"), ("b", "build")]


def test_commands_set_levels_and_progress() -> None:
    job, _ = sh("echo '::error file=a.py,line=3::broken'; echo ::progress::45; echo ::debug::detail")
    assert job.progress == 45
    assert entries_of(job, "message", "level", "fields") == [
        ("broken", 40, {"file": "a.py", "line": 3}),
        ("detail", 10, None),
    ]


def test_colours_are_kept_beside_the_plain_text() -> None:
    job, _ = sh(r"printf '\033[31mERROR\033[0m red\r\n'")
    assert entries_of(job, "message", "ansi", "level") == [("ERROR red", "\x1b[31mERROR\x1b[0m red", 40)]


def test_binary_output_does_no_harm() -> None:
    job, outcome = sh("head -c 3000000 /dev/urandom; head -c 3000000 /dev/zero; echo; echo end")
    assert outcome.status == "completed"
    assert entries_of(job)[-1] == "end"


def test_a_line_beyond_a_mebibyte_is_cut_and_says_so() -> None:
    job, _ = sh("head -c 3145728 /dev/zero | tr '\\0' x; echo")
    [(message, fields)] = entries_of(job, "message", "fields")  # type: ignore[misc]
    assert (len(message), fields) == (1048576, {"truncated_bytes": 2097152})


def test_a_child_that_keeps_the_output_open_does_not_hold_the_job() -> None:
    started = time.monotonic()
    job, outcome = sh("sleep 60 & echo $!; echo done")
    os.kill(int(str(entries_of(job)[0])), signal.SIGKILL)
    assert outcome.status == "completed"
    assert time.monotonic() - started < 20
    assert entries_of(job)[1] == "done"
    assert "left behind" in str(entries_of(job)[2])


def test_the_command_knows_its_job() -> None:
    job, _ = sh("echo $QUAERO_JOB_ID")
    assert entries_of(job) == [str(job.pk)]


@pytest.mark.slow
def test_the_commands_input_is_ours(runjob: Runjob) -> None:
    runjob("--", "cat").communicate("typed\n", timeout=DEADLINE_S)
    assert entries_of(Job.objects.listed().get()) == ["typed"]


def test_a_timeout_ends_the_whole_group() -> None:
    job, outcome = sh("sh -c 'echo $$; sleep 60'; true", timeout=timedelta(seconds=0.3))
    assert outcome == Outcome("failed", 124, "timed out after 0.3 s")
    inner, note = entries_of(job)
    assert note == job.error == outcome.error
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(inner)), 0)


def test_a_command_that_ignores_the_signal_is_killed_after_its_grace() -> None:
    ignoring = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    job, outcome = sh(ignoring, timeout=timedelta(seconds=0.3), grace=timedelta(seconds=0.3))
    assert outcome.exit_code == 124
    assert entries_of(job)[0] == "ready"
    assert "killed" in str(entries_of(job)[-1])


@pytest.mark.slow
def test_a_requested_cancel_ends_the_command() -> None:
    job = lifecycle.create_job("test")
    lifecycle.request_cancel(job)
    outcome = Runner(Order(command=("sleep", "60")), job, print).run()
    job.refresh_from_db()
    assert outcome == Outcome("cancelled", 143, "cancelled on request")
    assert job.status == "cancelled"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_passed_on_and_cancels_the_job(runjob: Runjob, number: int, exit_code: int) -> None:
    process = runjob("--", "sh", "-c", "echo ready; exec sleep 60")
    wait_for(lambda: LogEntry.objects.filter(message="ready").exists())
    process.send_signal(number)
    assert process.wait(DEADLINE_S) == exit_code
    assert Job.objects.listed().values_list("status", "exit_code").get() == ("cancelled", exit_code)


@pytest.mark.slow
def test_what_a_command_says_on_its_way_out_is_recorded(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done")
    wait_for(lambda: LogEntry.objects.filter(message="ready").exists())
    process.terminate()
    assert process.wait(DEADLINE_S) == 7
    job = Job.objects.listed().get()
    assert (job.status, job.error) == ("cancelled", "cancelled by SIGTERM")
    assert {"ready", "bye", "cancelled by SIGTERM"} <= set(entries_of(job))


@pytest.mark.slow
def test_a_killed_runjob_leaves_a_job_that_is_found_and_failed(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "echo $$; exec sleep 60")
    command = wait_for(lambda: LogEntry.objects.values_list("message", flat=True).first())
    process.kill()
    process.wait()
    os.kill(int(str(command)), signal.SIGKILL)
    assert fail_lost_jobs() == []
    [lost] = wait_for(lambda: fail_lost_jobs(silent_for=timedelta(seconds=1)))  # type: ignore[misc]
    assert Job.objects.values_list("status", "error").get(pk=lost) == ("failed", "lost its process")


@pytest.mark.slow
def test_it_says_the_job_and_exits_with_the_commands_code(runjob: Runjob) -> None:
    process = runjob("--name", "nightly", "--kind", "import", "--", "sh", "-c", "echo out; exit 5")
    out, err = process.communicate(timeout=DEADLINE_S)
    job = Job.objects.listed().get()
    assert (process.returncode, out, err) == (5, "", f"job {job.pk}\n")
    assert (job.name, job.kind, job.spec) == ("nightly", "import", {"command": ["sh", "-c", "echo out; exit 5"]})


@pytest.mark.slow
def test_echo_passes_the_output_through_and_quiet_says_nothing(runjob: Runjob) -> None:
    process = runjob("--echo", "--quiet", "--", "printf", r"a\r\nb")
    assert process.communicate(timeout=DEADLINE_S) == ("a\nb", "")  # text mode reads \r\n as \n


@pytest.mark.slow
def test_a_job_started_within_a_job_is_its_child(runjob: Runjob) -> None:
    parent = lifecycle.create_job("parent")
    runjob("--", "true", QUAERO_JOB_ID=str(parent.pk)).communicate(timeout=DEADLINE_S)
    assert Job.objects.get(parent=parent).name == "true"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "no command given"),
        (["--"], "no command given"),
        (["--timeout", "soon", "--", "true"], "--timeout: 'soon'"),
        (["--kind", "two words", "--", "true"], "--kind: 'two words'"),
        (["--kind", "service", "--", "true"], "reserved"),
        (["--name", "", "--", "true"], "--name: must not be empty"),
        (["--nmae", "x", "--", "true"], "--nmae"),
    ],
)
def test_wrong_usage_exits_2_and_says_why(runjob: Runjob, arguments: list[str], complaint: str) -> None:
    process = runjob(*arguments)
    _, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 2
    assert complaint in err
    assert not Job.objects.listed().exists()


@pytest.mark.slow
def test_without_tables_it_names_the_command_that_makes_them(runjob: Runjob, tmp_path: Path) -> None:
    process = runjob("--", "touch", str(tmp_path / "ran"), DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    _, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 125
    assert "manage.py migrate" in err
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
def test_a_locked_database_delays_but_loses_nothing(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "echo ready; read x; seq 20000")
    wait_for(lambda: LogEntry.objects.exists())
    locker = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    time.sleep(1)  # how long the database is locked
    assert locker.execute("SELECT max(last_line) FROM jobs_job").fetchone() == (1,)
    locker.execute("ROLLBACK")
    assert process.wait(DEADLINE_S) == 0
    assert Job.objects.listed().values_list("status", "last_line").get() == ("completed", 20001)
