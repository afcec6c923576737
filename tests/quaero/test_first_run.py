"""A newcomer's first minutes: a fresh clone in an empty directory, `make run`, a look around, Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.processes import ROOT, Serving, environment, eventually, sign_in

pytestmark = pytest.mark.slow

NOT_PART_OF_THE_PROJECT = shutil.ignore_patterns(".venv", "var", ".git", "node_modules", ".*_cache", "__pycache__")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What is committed. Of a copy without a repository, the files that are there."""
    project = tmp_path / "quaero"
    if (ROOT / ".git").exists():
        subprocess.run(["git", "clone", "--quiet", "--local", str(ROOT), str(project)], check=True)
    else:
        shutil.copytree(ROOT, project, ignore=NOT_PART_OF_THE_PROJECT)
    return project


class MakeRun(Serving):
    command = ("make", "run")

    def place(self) -> tuple[str, ...]:
        return (f"PORT={self.port}", f"DATA={self.data_dir}")

    def __init__(self, project: Path, data_dir: Path) -> None:
        self.cwd = project
        super().__init__(data_dir)
        self.variables = {"PATH": path_of_a_newcomer()}


def path_of_a_newcomer() -> str:
    """Without the virtual environment that runs the tests."""
    folders = environment()["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not folder.startswith(str(ROOT / ".venv")))


@pytest.fixture
def newcomer(clone: Path, tmp_path: Path) -> Iterator[MakeRun]:
    with MakeRun(clone, tmp_path / "data of mine") as server:
        yield server


def rows_of(browser: httpx.Client) -> dict[str, dict[str, Any]]:
    jobs = browser.get("/api/jobs").raise_for_status().json()["jobs"]
    return {job["name"]: job for job in jobs}


def lines_of(browser: httpx.Client, job: dict[str, Any]) -> list[int]:
    return [entry["line"] for entry in browser.get(f"/api/jobs/{job['id']}/logs").raise_for_status().json()["logs"]]


def test_a_newcomer_sees_jobs_run_and_leaves_nothing_behind(newcomer: MakeRun) -> None:
    link = newcomer.ready().sign_in_link()
    with httpx.Client(base_url=newcomer.address, follow_redirects=True, timeout=20) as browser:
        page = sign_in(browser, link)
        assert page.status_code == 200
        assert "Jobs" in page.text
        for path in ("/static/quaero/js/log-stream.js", "/static/quaero/css/base.css"):
            assert browser.get(path).status_code == 200

        jobs = eventually(lambda: len(rows_of(browser)) == 2 and rows_of(browser))
        assert {job["kind"] for job in jobs.values()} == {"sample"}
        for job in jobs.values():
            assert eventually(partial(lines_of, browser, job))[0] >= 1

        finished = eventually(lambda: all(job["finished_at"] for job in rows_of(browser).values()) and rows_of(browser))
        assert {job["status"] for job in finished.values()} == {"completed"}
        assert all(job["counts"]["total"] > 50 for job in finished.values())

    newcomer.everything()
    os.killpg(newcomer.process.pid, signal.SIGINT)  # as Ctrl-C does: to make and to all in the foreground
    newcomer.process.wait(20)
    assert newcomer.everything() == set()
    assert "Quaero has stopped." in newcomer.said
    assert "Traceback" not in newcomer.said
