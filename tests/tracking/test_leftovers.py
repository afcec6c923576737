"""Entries that a program leaves on the disk for other processes to store."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import OperationalError

from jobs.background import leftovers
from jobs.background.items import JobEnded
from jobs.background.storing import Append
from jobs.models import Job
from jobs.recording import NewEntry
from tests.factories import make_job, stored_messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"quaero-{os.geteuid()}"


def left_of(job: Job) -> list[leftovers.Write]:
    return [Append(job.pk, [NewEntry("said")]), JobEnded(job.pk, "completed", 0, [1], "", 0.0)]


def test_it_is_stored_once_and_in_its_order(directory: Path) -> None:
    job = make_job()
    assert leftovers.leave(left_of(job)[:1])
    assert leftovers.leave(left_of(job))
    leftovers.deliver()
    leftovers.deliver()
    assert stored_messages(job) == ["said", "said"]
    assert Job.objects.values_list("status", "result").get(pk=job.pk) == ("completed", [1])
    assert list(directory.iterdir()) == []


def test_no_other_user_can_read_it(directory: Path) -> None:
    leftovers.leave(left_of(make_job()))
    [path] = directory.iterdir()
    assert (directory.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_directory_that_others_can_write_is_not_used(directory: Path) -> None:
    job = make_job()
    leftovers.leave(left_of(job))
    directory.chmod(0o777)
    assert not leftovers.leave(left_of(job))
    leftovers.deliver()
    assert stored_messages(job) == []


def test_what_can_never_be_stored_holds_up_nothing(directory: Path) -> None:
    job = make_job()
    leftovers.leave([Append(uuid4(), [NewEntry("x")]), *left_of(job)])
    (directory / f"{leftovers.key()}-0{leftovers.SUFFIX}").write_bytes(b"nothing of ours")
    leftovers.deliver()
    assert stored_messages(job) == ["said"]


def test_while_the_database_fails_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    leftovers.leave(left_of(job))
    with monkeypatch.context() as full:
        full.setattr(leftovers, "apply", raise_full)
        with pytest.raises(OperationalError):
            leftovers.deliver()
    leftovers.deliver()
    assert stored_messages(job) == ["said"]


def raise_full(work: object) -> None:
    raise OperationalError("database or disk is full")


def test_what_is_of_another_database_stays_until_it_is_very_old(directory: Path) -> None:
    leftovers.leave(left_of(make_job()))
    young, old = directory / f"other-1{leftovers.SUFFIX}", directory / "other-2"
    for path in (young, old):
        path.touch()
    os.utime(old, (0, 0))
    leftovers.deliver()
    assert list(directory.iterdir()) == [young]
