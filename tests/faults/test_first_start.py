"""A first start that is killed, at any moment, and the next one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.soaking import at_least
from tests.processes import ROOT, environment

pytestmark = pytest.mark.slow

KILLS = at_least(25, soaking=650)  # that is nearly every statement


def killed_starts(directory: Path, kills: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_starts", str(directory), str(kills)],
        cwd=ROOT,
        env=environment(QUAERO_DATA_DIR=str(directory)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_first_start_that_is_killed_is_made_good_by_the_next(tmp_path: Path) -> None:
    seen = killed_starts(tmp_path, KILLS)
    assert {"Quaero is running", "Quaero operators: operate_job", "Quaero runners: run_program"} < set(seen["whole"])
    assert seen["kills"] >= KILLS
    assert seen["wrong"] == []
