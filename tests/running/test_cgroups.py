"""Where the cgroups of runs are made, and what is written into them. (A test's machine need not give any.)"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.running.processes import cgroups
from jobs.running.processes.bounds import Bounds
from jobs.running.processes.cgroups import Cgroup, home_of_runs, new_cgroup, remove_cgroups_of
from jobs.running.processes.guardian.cgroup import Cgroup as Guarded

JOB_ID = "11111111-2222-4333-8444-555555555555"
BOUNDS = Bounds(memory_bytes=5 << 20, processes=7)


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The cgroup of a service, in a part of which the server is."""
    for place in (tmp_path / "unit", tmp_path / "unit" / "server"):
        place.mkdir()
        (place / "cgroup.procs").touch()
    delegated: list[Path] = []
    monkeypatch.setattr(cgroups, "own_cgroup", lambda: tmp_path / "unit" / "server")
    monkeypatch.setattr(cgroups, "is_delegated", lambda place: place in delegated)
    delegated.append(tmp_path / "unit")
    home_of_runs.cache_clear()
    yield tmp_path / "unit"
    home_of_runs.cache_clear()


def test_runs_are_beside_a_server_that_has_a_part_of_what_it_was_given(unit: Path) -> None:
    assert home_of_runs() == unit
    assert (unit / "cgroup.subtree_control").read_text() == "+pids"  # in a file, the last word stands


def test_runs_are_below_a_server_that_was_given_nothing(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "is_delegated", lambda place: False)
    assert home_of_runs() == unit / "server"
    assert not (unit / "server" / "cgroup.subtree_control").exists()


def test_an_empty_one_that_was_forgotten_is_removed(unit: Path) -> None:
    forgotten, new = unit / "quaero-run-a-1", unit / "quaero-run-b-2"
    for place in (forgotten, new):
        place.mkdir()
    os.utime(forgotten, (0, 0))
    home_of_runs()
    assert (forgotten.exists(), new.exists()) == (False, True)


def test_without_cgroups_there_is_none(monkeypatch: pytest.MonkeyPatch, unit: Path) -> None:
    monkeypatch.setattr(cgroups, "own_cgroup", lambda: None)
    assert new_cgroup(JOB_ID, BOUNDS) is None
    remove_cgroups_of(JOB_ID)


def test_a_system_that_cannot_end_a_cgroup_is_not_asked_to(unit: Path) -> None:
    assert new_cgroup(JOB_ID, BOUNDS) is None
    assert not list(unit.glob("quaero-run-*"))


def test_the_bounds_are_written_where_there_are_controllers(tmp_path: Path) -> None:
    (tmp_path / "pids.max").touch()
    Cgroup(tmp_path).bound(BOUNDS)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"pids.max": "7"}
    (tmp_path / "memory.max").touch()
    Cgroup(tmp_path).bound(BOUNDS)
    assert (tmp_path / "memory.max").read_text() == str(5 << 20)


def test_what_the_system_has_killed_for_its_memory_is_known(tmp_path: Path) -> None:
    guarded = Guarded(str(tmp_path))
    assert not guarded.has_run_out_of_memory()
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 0\noom_kill 0\n")
    assert not guarded.has_run_out_of_memory()
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\n")
    (tmp_path / "memory.peak").write_text("5242880\n")
    assert (guarded.has_run_out_of_memory(), guarded.most_memory()) == (True, 5 << 20)


def test_the_mark_of_what_is_given_away_is_read(tmp_path: Path) -> None:
    assert not cgroups.is_delegated(tmp_path)
    try:
        os.setxattr(tmp_path, "user.delegate", b"1")
    except OSError:
        pytest.skip("this file system keeps no such marks")
    assert cgroups.is_delegated(tmp_path)
