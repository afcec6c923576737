"""No other user of the machine can read the database or a key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quaero.config.private_files import make_private, tighten
from tests.processes import Serving, manage

NAMES = ("quaero.sqlite3", "quaero.sqlite3-wal", "quaero.sqlite3-shm", "secret_key")


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_a_new_file_is_private_whatever_the_umask_says(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_private(str(tmp_path / "new"))
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "new") == 0o600


def test_a_file_that_is_there_keeps_its_content_and_its_rights(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("words")
    there.chmod(0o644)
    make_private(str(there))
    assert (there.read_text(), mode_of(there)) == ("words", 0o644)


def test_what_is_no_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_private(":memory:")
    make_private("file:memory?mode=memory")
    assert list(tmp_path.iterdir()) == []


def test_wider_rights_are_taken_away_and_returned(tmp_path: Path) -> None:
    wide, narrow = tmp_path / "wide", tmp_path / "narrow"
    for path, mode in ((wide, 0o664), (narrow, 0o400)):
        path.touch()
        path.chmod(mode)
    assert tighten([wide, narrow, tmp_path / "missing"]) == [wide]
    assert (mode_of(wide), mode_of(narrow)) == (0o600, 0o400)


@pytest.mark.slow
def test_an_installation_in_a_directory_that_others_can_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        assert manage("migrate", QUAERO_DATA_DIR=str(data)).returncode == 0
        with Serving(data) as server:
            server.ready()
            assert {name: oct(mode_of(data / name)) for name in NAMES} == dict.fromkeys(NAMES, "0o600")
            assert "Others could read" not in server.said
            server.stop()
    finally:
        os.umask(before)
    for name in ("quaero.sqlite3", "secret_key"):
        (data / name).chmod(0o644)
    with Serving(data) as server:
        assert f"Others could read {data}/secret_key, {data}/quaero.sqlite3" in server.ready().said
        assert {name: oct(mode_of(data / name)) for name in NAMES} == dict.fromkeys(NAMES, "0o600")
