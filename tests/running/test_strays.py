"""What is left of a run that nobody guards is found, also while the system does not tell whose it is."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from jobs.running.processes import proc
from jobs.running.processes.strays import Search, kill_strays

JOB_ID = "11111111-2222-4333-8444-555555555555"
MARKED = f"PATH=/bin\0QUAERO_JOB_ID={JOB_ID}\0".encode()
BEFORE_EXEC, DURING_EXEC, NO_ENVIRONMENT = (10, 20), (0, 0), (10, 10)


class FakeProc:
    """A /proc in a directory. (The moment within an exec is too short for a real one.)"""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def has(
        self,
        pid: int,
        environment: bytes = b"",
        *,
        at: tuple[int, int] = BEFORE_EXEC,
        state: str = "S",
        parent: int = 1,
        session: int = 11,
    ) -> None:
        fields = [state, parent, pid, session, *[0] * 15, 100 + pid, *[0] * 27, *at, 0]
        (self.directory / str(pid)).mkdir(exist_ok=True)
        (self.directory / str(pid) / "stat").write_text(f"{pid} (a name) {' '.join(map(str, fields))}\n")
        (self.directory / str(pid) / "environ").write_bytes(environment)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProc:
    monkeypatch.setattr(proc, "PROC", tmp_path)
    return FakeProc(tmp_path)


def test_a_process_that_shows_no_environment_yet_is_looked_at_again(fake: FakeProc) -> None:
    search = Search(JOB_ID)
    fake.has(7, at=DURING_EXEC)
    assert (search.look(), search.is_sure) == ([], False)
    fake.has(7, MARKED)
    assert (search.look(), search.is_sure) == ([7], False)
    fake.has(7, at=DURING_EXEC)  # it is being killed
    assert (search.look(), search.is_sure) == ([7], False)
    fake.has(7, at=DURING_EXEC, state="Z")
    search.look()
    assert (search.look(), search.is_sure) == ([], True)


def test_a_process_that_has_none_for_good_and_others_are_no_reason_to_look_again(fake: FakeProc) -> None:
    search = Search(JOB_ID)
    fake.has(7, at=NO_ENVIRONMENT)
    fake.has(8, b"QUAERO_JOB_ID=another\0")
    assert (search.look(), search.is_sure) == ([], True)


def test_a_process_that_ends_while_it_is_looked_at_may_have_started_another(
    fake: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Search(JOB_ID)
    fake.has(8)
    monkeypatch.setattr(proc, "pids", lambda: [7, 8])
    assert (search.look(), search.is_sure) == ([], False)


def test_what_descends_from_a_stray_or_shares_its_session_is_one(fake: FakeProc) -> None:
    fake.has(7, MARKED, session=77)
    fake.has(8, at=NO_ENVIRONMENT, parent=7)
    fake.has(9, at=NO_ENVIRONMENT, parent=8)
    fake.has(10, at=DURING_EXEC, session=77)
    fake.has(11, b"PATH=/bin\0")
    fake.has(12, b"PATH=/bin\0", session=11)
    assert sorted(Search(JOB_ID).look()) == [7, 8, 9, 10]


@pytest.fixture
def stray() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    job_id = str(uuid4())
    with subprocess.Popen(["sleep", "60"], env={**os.environ, "QUAERO_JOB_ID": job_id}) as process:
        yield job_id, process
        process.kill()


@pytest.mark.slow
def test_no_stray_is_there_when_all_are_killed(stray: tuple[str, subprocess.Popen[bytes]]) -> None:
    job_id, process = stray
    kill_strays(job_id)
    told = proc.process_of(process.pid)
    assert told is not None
    assert told.has_ended  # and only we, its parent, have not heard of it yet
