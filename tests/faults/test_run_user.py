"""Programs of another user than the server's: they cannot do what the server can, and end as all do."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from jobs.running.ordering.registered import order_runnable
from jobs.running.processes import run_user
from jobs.running.workers.command import command_of
from tests.processes import DEADLINE_S, ROOT, environment, is_gone, manage
from tests.runs import run_python, run_shell, said, said_by_system

NAME = "nobody"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may run programs as somebody else"),
]


@pytest.fixture(autouse=True)
def another_user(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")
    settings.QUAERO_RUN_USER = NAME


def test_a_program_has_the_user_with_its_groups_its_names_and_its_directory() -> None:
    entry = pwd.getpwnam(NAME)
    job = run_shell('id -u; id -g; id -G; echo "$USER $LOGNAME $HOME"; stat -c %U . program.sh; echo x > file')
    groups = " ".join(map(str, os.getgrouplist(NAME, entry.pw_gid)))
    names = f"{NAME} {NAME} {entry.pw_dir}"
    assert said(job) == [str(entry.pw_uid), str(entry.pw_gid), groups, names, NAME, NAME]
    assert job.status == "completed"


def test_a_python_program_reports_as_ever() -> None:
    job = run_python(
        "import os, quaero_job\nquaero_job.step('s')\nprint('x', file=open('/dev/stdout', 'w'))\nos.getuid()"
    )
    assert (job.error, job.result, said(job)) == ("", pwd.getpwnam(NAME).pw_uid, ["x"])


def test_a_script_that_names_its_interpreter_runs() -> None:
    assert said(run_shell("#!/bin/sh\nid -un")) == [NAME]


def test_it_can_neither_read_what_is_the_servers_nor_end_it(tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    key.write_text("key")
    key.chmod(0o600)
    job = run_shell(f"cat {key} || echo no; kill -STOP $PPID || echo no; cat /proc/$PPID/environ || echo no")
    assert said(job, "stdout") == ["no", "no", "no"]


def test_it_cannot_become_the_server_again() -> None:
    assert run_python("import os\nos.setuid(0)").error == "PermissionError: [Errno 1] Operation not permitted"


def test_a_registered_job_runs_as_the_server() -> None:
    command = command_of(order_runnable("prune-logs", {}))
    command.remove_scratch()
    assert command.user is None


@pytest.mark.parametrize("ignores", ["", "trap '' TERM; "])
def test_it_ends_with_everything_that_it_has_started(ignores: str) -> None:
    job = run_shell(f"{ignores}setsid sleep 60 & echo $!; sleep 60", timeout=0.5)
    assert job.error == "timed out after 0.5 s"
    assert is_gone(int(said(job)[0]))


def test_its_processes_are_bounded_by_the_system_as_well(settings: Settings) -> None:
    settings.QUAERO_RUN_PROCESSES = 50
    assert run_python("import resource\nresource.getrlimit(resource.RLIMIT_NPROC)").result == [200, 200]


def test_what_it_leaves_behind_is_ended() -> None:
    job = run_shell("setsid sleep 60 > /dev/null 2>&1 &")
    assert said_by_system(job) == ["ended 1 process that it had left behind"]


def test_a_python_that_the_user_cannot_reach_is_passed_over_for_one_that_it_can(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    private = tmp_path / "python3"
    private.symlink_to("/bin/true")
    run_user.python_for.cache_clear()
    monkeypatch.setattr(sys, "executable", str(private))
    assert run_python("import os\nos.getuid()").result == pwd.getpwnam(NAME).pw_uid
    run_user.python_for.cache_clear()


@pytest.mark.parametrize(
    ("command", "says"),
    [(("work",), "no worker can be started: "), (("serve", "--port", "0"), "")],
)
def test_a_start_says_when_programs_cannot_run_as_the_user(tmp_path: Path, command: tuple[str, ...], says: str) -> None:
    """Here since the user cannot enter the directory in which those of runs are made."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    done = manage(*command, QUAERO_DATA_DIR=str(tmp_path / "data"), QUAERO_RUN_USER=NAME, TMPDIR=str(private))
    assert done.returncode == 1
    assert f"CommandError: {says}QUAERO_RUN_USER: this process cannot run programs as {NAME} (" in done.stderr


@pytest.mark.parametrize("lost", ["setuid", "setgid", "kill"])
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_a_worker_does_not_start_that_may_not_become_the_user_or_end_it(tmp_path: Path, lost: str) -> None:
    command = ["setpriv", f"--bounding-set=-{lost}", sys.executable, "manage.py", "work"]
    variables = environment(QUAERO_DATA_DIR=str(tmp_path), QUAERO_RUN_USER=NAME)
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=DEADLINE_S)
    assert (done.returncode, "it lacks the rights" in done.stderr) == (1, True), done.stderr
