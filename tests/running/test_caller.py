"""A command of `runjob` is as its caller would have started it: nothing of what Quaero is itself comes with it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.running.processes import caller
from tests.processes import DEADLINE_S, ROOT, environment

pytestmark = pytest.mark.slow

# As a shell program: Python would change its surroundings as it starts.
SURROUNDINGS = r"""
env -0 | sort -z | tr '\0' '\n' | grep -v '^_='
umask; pwd; ulimit -a; nice; stat -L -c '%n %d:%i' /proc/self/fd/[!12]
grep -E '^Sig(Blk|Ign)' /proc/self/status
"""
# What sh and Python have added or taken as they started does not count: both are in between here as well.
CASES = {
    "nothing special": "",
    "variables of another project": "export DJANGO_SETTINGS_MODULE=shop.settings TZ=Asia/Tokyo",
    "the locale C": "unset LC_ALL LC_CTYPE; LANG=C; export LANG",
    "bytes that are no text": r"X=$(printf '\377\376=\n a'); export X",
    "empty and odd": "export EMPTY= PYTHONUNBUFFERED=; unset HOME",
    "a mask and limits": "umask 027; ulimit -n 200; ulimit -c 0",
    "another directory": "cd /usr",
    "ignored signals": "trap '' INT HUP TERM QUIT USR1 TSTP",
    "open files": "exec 3</etc/passwd 7>>/dev/null",
    "no input": "exec 0<&-",
}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    variables = environment(QUAERO_DATA_DIR=str(tmp_path_factory.mktemp("data")))
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, timeout=DEADLINE_S)
    return variables


def said_by(script: str, variables: dict[str, str]) -> bytes:
    return subprocess.run(
        ["sh", "-c", script], env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=DEADLINE_S
    ).stdout


def runjob(*command: str) -> str:
    return shlex.join([sys.executable, str(ROOT / "manage.py"), "runjob", "--quiet", "--echo", "--", *command])


@pytest.mark.parametrize("case", CASES)
def test_a_command_has_what_its_caller_has(migrated: dict[str, str], case: str) -> None:
    directly = said_by(f"{CASES[case]}\nsh -c {shlex.quote(SURROUNDINGS)}", migrated)
    recorded = said_by(f"{CASES[case]}\n{runjob('sh', '-c', SURROUNDINGS)}", migrated)
    told = [line for line in recorded.splitlines() if not line.startswith((b"QUAERO_JOB_ID=", b"PYTHONUNBUFFERED="))]
    assert told == [line for line in directly.splitlines() if not line.startswith(b"PYTHONUNBUFFERED=")]
    assert b"SigIgn" in recorded


def test_its_output_is_unbuffered_unless_the_caller_has_said_how_it_is(migrated: dict[str, str]) -> None:
    command = runjob("sh", "-c", "echo $PYTHONUNBUFFERED")
    assert said_by(f"unset PYTHONUNBUFFERED; {command}", migrated) == b"1\n"
    assert said_by(f"export PYTHONUNBUFFERED=; {command}", migrated) == b"\n"


def test_a_closed_pipe_ends_a_command_as_ever(migrated: dict[str, str]) -> None:
    """Python ignores SIGPIPE for itself."""
    assert (
        said_by(runjob("sh", "-c", "yes | head -n 1; grep -c '^SigIgn.*0$' /proc/self/status"), migrated) == b"y\n1\n"
    )


def test_a_command_runs_in_a_directory_that_is_gone(migrated: dict[str, str], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = f"cd {shlex.quote(str(gone))}; rmdir {shlex.quote(str(gone))}; {runjob('echo', 'hello')}"
    assert said_by(shell, migrated) == b"hello\n"


def test_who_ignores_the_end_of_children_hears_the_exit_code(migrated: dict[str, str]) -> None:
    command = [sys.executable, "-c", IGNORES_ENDS, *shlex.split(runjob("sh", "-c", "exit 3"))]
    assert subprocess.run(command, env=migrated, timeout=DEADLINE_S).returncode == 3


IGNORES_ENDS = (
    "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
)


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_it_runs_with_closed_standard_streams(migrated: dict[str, str], tmp_path: Path, closed: str) -> None:
    ran = tmp_path / "ran"
    assert said_by(f"({runjob('touch', str(ran))}) {closed}; echo $?", migrated) == b"0\n"
    assert ran.exists()


def test_what_this_process_opens_itself_is_not_passed_on() -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        assert writing in caller.inherited_descriptors()
        assert reading not in caller.inherited_descriptors()
    finally:
        os.close(reading)
        os.close(writing)
