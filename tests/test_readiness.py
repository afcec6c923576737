"""Every command on a missing, outdated or broken database: it sets it up, or prints what is wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes import DEADLINE_S, ROOT, environment, manage

pytestmark = pytest.mark.slow

TOKEN = ("token", "create", "--user", "robot", "--create-user", "--scopes", "read")
COMMANDS = {
    TOKEN: 1,
    ("token", "list"): 1,
    ("runjob", "--", "true"): 125,
    ("run", "prune-logs"): 125,
    ("tail", "--service", "--no-follow"): 125,
    ("cancel", "abcd"): 125,
    ("delete", "abcd", "--yes"): 125,
    ("rerun", "abcd"): 125,
    ("work",): 1,
}
"""Each with its exit code when the database cannot be used."""


def on(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return manage(*command, QUAERO_DATA_DIR=str(directory))


def tables(directory: Path) -> list[str]:
    with closing(sqlite3.connect(directory / "quaero.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master ORDER BY name")]


@pytest.fixture(scope="module")
def outdated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose database lacks a migration."""
    directory = tmp_path_factory.mktemp("outdated")
    assert on(directory, "migrate", "-v0").returncode == 0
    with closing(sqlite3.connect(directory / "quaero.sqlite3")) as database, database:
        database.execute("DELETE FROM django_migrations WHERE app = 'quaero_jobs' ORDER BY id DESC LIMIT 1")
    return directory


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a file that is no database."""
    directory = tmp_path_factory.mktemp("broken")
    (directory / "quaero.sqlite3").write_bytes(b"no database " * 1000)
    return directory


@pytest.mark.parametrize(
    "command", [TOKEN, ("runjob", "--", "true"), ("run", "prune-logs"), ("tail", "--service", "--no-follow")]
)
def test_a_new_database_is_set_up_by_who_needs_it_first(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "quaero.sqlite3").touch()
    done = on(tmp_path, *command)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"The database {tmp_path}/quaero.sqlite3 is new: setting it up."
    assert "setting it up" not in on(tmp_path, *command).stderr


def test_a_token_is_alone_on_standard_output_in_a_new_database_too(tmp_path: Path) -> None:
    directory = tmp_path / "not" / "there"
    [token] = on(directory, *TOKEN).stdout.splitlines()
    assert token.startswith("quaero_")


FAIL_LAST = """
import django
django.setup()
from jobs import installation, readiness
installation.remember_complete = lambda: 1 / 0
readiness.make_ready(print)
"""


def test_a_setting_up_that_fails_at_its_end_has_changed_nothing(tmp_path: Path) -> None:
    variables = environment(QUAERO_DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="quaero.settings")
    command = [sys.executable, "-c", FAIL_LAST]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert tables(tmp_path) == []


def test_commands_that_start_at_once_set_it_up_once(tmp_path: Path) -> None:
    commands = [TOKEN, ("runjob", "--", "true"), ("run", "prune-logs"), ("token", "list")]
    started = [
        subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment(QUAERO_DATA_DIR=str(tmp_path)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    said = [process.communicate(timeout=DEADLINE_S)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert "".join(said).count("setting it up") == 1


@pytest.mark.parametrize(("command", "code"), COMMANDS.items())
def test_a_database_that_is_not_up_to_date_is_left_as_it_is(
    command: tuple[str, ...], code: int, outdated: Path
) -> None:
    before = tables(outdated)
    done = on(outdated, *command)
    assert (done.returncode, done.stdout) == (code, "")
    [line] = done.stderr.splitlines()
    assert "1 migrations are not applied" in line
    assert "manage.py migrate" in line
    assert tables(outdated) == before


@pytest.mark.parametrize(("command", "code"), {**COMMANDS, ("serve", "--port", "0"): 1}.items())
def test_what_is_no_database_is_said_so_in_a_line(command: tuple[str, ...], code: int, broken: Path) -> None:
    done = on(broken, *command)
    assert done.returncode == code
    assert done.stderr.splitlines()[-1].endswith("file is not a database")
    assert "Traceback" not in done.stderr


def changed(directory: Path, *statements: str) -> Path:
    """A directory with a database of this version that another program has changed."""
    assert on(directory, "migrate", "-v0").returncode == 0
    with closing(sqlite3.connect(directory / "quaero.sqlite3")) as database, database:
        for statement in statements:
            database.execute(statement)
    return directory


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    insert = "INSERT INTO django_migrations (app, name, applied) VALUES ('quaero_jobs', '9999_later', '2030-01-01')"
    return changed(tmp_path_factory.mktemp("newer"), insert)


@pytest.fixture(scope="module")
def without_a_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed(tmp_path_factory.mktemp("without"), "PRAGMA foreign_keys = OFF", "DROP TABLE quaero_jobs_logentry")


ALL_COMMANDS = {**COMMANDS, ("serve", "--port", "0"): 1}


@pytest.mark.parametrize(("command", "code"), ALL_COMMANDS.items())
def test_a_database_of_a_newer_version_is_left_to_that(command: tuple[str, ...], code: int, newer: Path) -> None:
    done = on(newer, *command)
    assert (done.returncode, done.stdout) == (code, "")
    [line] = done.stderr.splitlines()
    assert "of a newer version than this one, which does not know its migrations quaero_jobs.9999_later" in line


@pytest.mark.parametrize(("command", "code"), ALL_COMMANDS.items())
def test_a_missing_table_is_reported_in_a_line(command: tuple[str, ...], code: int, without_a_table: Path) -> None:
    done = on(without_a_table, *command)
    assert done.returncode == code
    [line] = done.stderr.splitlines()
    assert "is damaged: a table is missing, quaero_jobs_logentry" in line


@pytest.fixture(scope="module")
def of_an_older_quaero(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("older")
    with closing(sqlite3.connect(directory / "quaero.sqlite3")) as database, database:
        for table in ("django_migrations", "jobs_job", "jobs_step", "jobs_logentry"):
            database.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, app text, name text, applied text)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'jobs', '0001_initial', '2026-01-31')")
    (directory / "quaero.sqlite3").chmod(0o600)
    return directory


@pytest.mark.parametrize(("command", "code"), {**ALL_COMMANDS, ("migrate",): 1}.items())
def test_a_database_of_an_older_quaero_is_left_as_it_is(
    command: tuple[str, ...], code: int, of_an_older_quaero: Path
) -> None:
    before = tables(of_an_older_quaero)
    done = on(of_an_older_quaero, *command)
    assert done.returncode == code
    [line] = done.stderr.splitlines()
    assert "was made by an older Quaero, whose data this version cannot read: move it away, or name another" in line
    assert tables(of_an_older_quaero) == before


@pytest.mark.parametrize(
    "command", [("migrate",), ("createsuperuser", "--noinput", "--username", "ada", "--email", "")]
)
def test_commands_of_django_say_what_is_wrong_in_a_line_too(command: tuple[str, ...], broken: Path) -> None:
    done = on(broken, *command)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["The database cannot be used: file is not a database"]
