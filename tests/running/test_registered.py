"""The process of a registered job: what the function does becomes what a program reports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.running import child
from jobs.text import Failure, GroupEnd, GroupStart, Progress, Result
from tests.processes import DEADLINE_S, ROOT, environment, manage
from tests.programs import Said, items_of

pytestmark = pytest.mark.slow

SETTINGS = "tests.registered.settings"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("installation")
    manage("migrate", "-v0", QUAERO_DATA_DIR=str(directory))
    return directory


def run(data_dir: Path, name: str, **parameters: object) -> Said:
    variables = {
        "QUAERO_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "QUAERO_PARAMETERS": json.dumps(parameters),
        "PYTHONPATH": str(child.DIRECTORY),
    }
    process = subprocess.run(
        [sys.executable, "-m", "jobs.running.run_registered", name],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        timeout=DEADLINE_S,
    )
    return Said([*items_of("stdout", process.stdout), *items_of("stderr", process.stderr)], process.returncode)


def test_steps_records_prints_progress_and_what_it_returns_are_reported_in_order(data_dir: Path) -> None:
    said = run(data_dir, "report", shop=7, password="x")
    begin, warning, printed, end, progress, result = said.items
    assert (begin, end, progress, result) == (GroupStart("Read"), GroupEnd(), Progress(50), Result({"jobs": 0}))
    assert said.entries == [warning, printed]
    assert [(entry.message, entry.level, entry.source, entry.fields) for entry in said.entries] == [
        ("shop 7", "warn", "shop.stock", {"shop": 7}),
        ("printed x", "info", "", None),
    ]
    assert said.exit_code == 0


def test_an_exception_fails_it_with_a_traceback_of_its_own_code_alone(data_dir: Path) -> None:
    said = run(data_dir, "fails")
    (entry,) = said.entries
    (frame,) = [line.strip() for line in entry.message.splitlines() if "File" in line]
    assert frame.startswith(f'File "{ROOT}/tests/registered/quaero_jobs.py"')
    assert frame.endswith("in fails")
    assert said.of(GroupEnd) == [GroupEnd(is_failed=True, error="ValueError: no stock")]
    assert (said.items[-1], said.exit_code) == (Failure("ValueError: no stock"), 1)


def test_a_result_that_was_told_stays_though_it_fails(data_dir: Path) -> None:
    said = run(data_dir, "tells-and-fails")
    assert (said.of(Result), said.exit_code) == ([Result([1])], 1)


def test_a_coroutine_function_runs_to_its_end(data_dir: Path) -> None:
    assert run(data_dir, "waits").of(Result) == [Result("waited")]


def test_the_module_of_programs_is_the_same_by_its_own_name(data_dir: Path) -> None:
    assert run(data_dir, "imports-by-the-other-name").of(Result) == [Result(True)]


def test_parameters_that_do_not_fit_any_more_fail_it_by_name(data_dir: Path) -> None:
    said = run(data_dir, "report", shop="many")
    assert said.exit_code == 1
    assert isinstance(said.items[-1], Failure)
    assert "shop must be a whole number" in said.items[-1].text
