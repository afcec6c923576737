"""`manage.py runjob` as people and cron use it: a process of its own, its arguments, signals and exit codes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from jobs.models import Job, LogEntry
from tests.factories import make_job, stored_messages
from tests.processes import DEADLINE_S, ROOT, environment, eventually
from tests.runs import fail_lost_jobs

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Runjob = Callable[..., "subprocess.Popen[str]"]


def the_job() -> Job:
    return Job.objects.listed().get()


@pytest.fixture
def runjob(tmp_path: Path) -> Iterator[Runjob]:
    """Starts `manage.py runjob` on the test's database; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []
    here = {"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}", "QUAERO_DATA_DIR": str(tmp_path)}

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runjob", *arguments],
            cwd=ROOT,
            env=environment(**{**here, **variables}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_commands_input_is_ours(runjob: Runjob) -> None:
    runjob("--", "cat").communicate("typed\n", timeout=DEADLINE_S)
    assert stored_messages(the_job()) == ["typed"]


def test_what_the_installations_patterns_match_is_masked(runjob: Runjob) -> None:
    runjob("--", "echo", "a tok_abc1 b", QUAERO_MASK_PATTERNS="tok_[a-z0-9]+").communicate(timeout=DEADLINE_S)
    assert stored_messages(the_job()) == ["a *** b"]


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_passed_on_and_cancels_the_job(runjob: Runjob, number: int, exit_code: int) -> None:
    process = runjob("--", "sh", "-c", "echo ready; exec sleep 60")
    eventually(lambda: LogEntry.objects.filter(message="ready").exists())
    process.send_signal(number)
    assert process.wait(DEADLINE_S) == exit_code
    assert Job.objects.listed().values_list("status", "exit_code").get() == ("cancelled", exit_code)


def test_what_a_command_says_on_its_way_out_is_recorded(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done")
    eventually(lambda: LogEntry.objects.filter(message="ready").exists())
    process.terminate()
    assert process.wait(DEADLINE_S) == 7
    job = the_job()
    assert (job.status, job.error) == ("cancelled", "cancelled by SIGTERM")
    assert {"ready", "bye", "cancelled by SIGTERM"} <= set(stored_messages(job))


def test_a_killed_runjob_leaves_a_job_that_is_found_and_failed(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "echo $$; exec sleep 60")
    command = eventually(lambda: LogEntry.objects.values_list("message", flat=True).first())
    process.kill()
    process.wait()
    os.kill(int(command or 0), signal.SIGKILL)
    [lost] = fail_lost_jobs()
    assert Job.objects.values_list("status", "error").get(pk=lost) == ("failed", "lost its process")


def test_it_says_the_job_and_exits_with_the_commands_code(runjob: Runjob) -> None:
    process = runjob("--name", "nightly", "--kind", "import", "--", "sh", "-c", "echo out; exit 5")
    out, err = process.communicate(timeout=DEADLINE_S)
    job = the_job()
    assert (process.returncode, out, err) == (5, "", f"job {job.pk}\n")
    assert (job.name, job.kind, job.spec) == ("nightly", "import", {"command": ["sh", "-c", "echo out; exit 5"]})


def test_echo_passes_the_output_through_and_quiet_says_nothing(runjob: Runjob) -> None:
    process = runjob("--echo", "--quiet", "--", "printf", r"a\r\nb")
    assert process.communicate(timeout=DEADLINE_S) == ("a\nb", "")  # text mode reads \r\n as \n


def test_a_job_started_within_a_job_is_its_child(runjob: Runjob) -> None:
    parent = make_job("parent")
    runjob("--", "true", QUAERO_JOB_ID=str(parent.pk)).communicate(timeout=DEADLINE_S)
    assert Job.objects.get(parent=parent).name == "true"


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


def test_a_locked_database_delays_but_loses_nothing(runjob: Runjob) -> None:
    process = runjob("--", "sh", "-c", "echo ready; read x; seq 20000")
    eventually(lambda: LogEntry.objects.exists())
    locker = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    time.sleep(1)  # how long the database is locked
    assert locker.execute("SELECT max(last_line) FROM quaero_jobs_job").fetchone() == (1,)
    locker.execute("ROLLBACK")
    assert process.wait(DEADLINE_S) == 0
    assert Job.objects.listed().values_list("status", "last_line").get() == ("completed", 20001)


def test_secrets_of_its_command_line_are_recorded_nowhere(runjob: Runjob) -> None:
    arguments = ("--name", "load --password hunter2", "--", "sh", "-c", "true --pass hunter2 | mysql -phunter2")
    runjob(*arguments).communicate(timeout=DEADLINE_S)
    job = the_job()
    assert job.name == "load --password ***"
    assert job.spec == {"command": ["sh", "-c", "true --pass *** | mysql -p***"]}
