"""What waits on a disk, and the backlog that uses it."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path

import pytest

from jobs.recording import NewEntry
from jobs.running.output.backlog import Backlog
from jobs.running.output.items import Item, Lost, SpawnRequest
from jobs.running.output.spool import Spool
from jobs.text import GroupEnd, GroupStart


def everything_in(backlog: Backlog) -> list[Item]:
    backlog.close()
    return [item for batch in iter(backlog.take, None) for item in batch]


def stuck_backlog(max_spool_bytes: int = 10_000_000, **bounds: int) -> Backlog:
    backlog = Backlog(**{"max_items": 2, **bounds}, spool=Spool(max_spool_bytes))
    backlog.set_stuck(True)
    return backlog


def test_first_in_first_out_in_any_mixture() -> None:
    spool = Spool()
    for number in range(10):
        assert spool.put([number])
        assert spool.put(number)
        assert spool.take() == ([number // 2] if number % 2 == 0 else number // 2)
    assert [spool.take() for _ in range(10)] == [x for number in range(5, 10) for x in ([number], number)]
    assert not spool


def test_nobody_else_can_read_it_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()
    spool.put("x")
    assert spool._file is not None
    assert os.fstat(spool._file.fileno()).st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_takes_nothing_and_gives_back_what_it_has() -> None:
    spool = Spool()
    assert spool.put("first")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        assert not spool.put("x" * 5000)
        assert spool.put("second")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [spool.take(), spool.take()] == ["first", "second"]


def test_what_comes_while_the_database_fails_waits_in_its_order() -> None:
    backlog = stuck_backlog()
    items = [NewEntry(str(number)) for number in range(50)]
    for item in items:
        backlog.put([item])
    assert len(backlog._items) == 2
    assert everything_in(backlog) == items


def test_when_nobody_is_stuck_any_more_the_program_waits_until_the_disk_is_empty() -> None:
    backlog = stuck_backlog()
    for number in range(5):
        backlog.put([NewEntry(str(number))])
    backlog.set_stuck(False)
    assert not backlog._has_room()
    taken = [backlog.take() for _ in range(4)]
    assert [item.message for batch in taken for item in batch or [] if isinstance(item, NewEntry)] == [*"01234"]
    assert backlog._has_room()


def test_where_there_is_no_room_entries_are_counted_and_steps_kept() -> None:
    backlog = stuck_backlog(max_spool_bytes=0)
    for item in [NewEntry("a"), NewEntry("b"), NewEntry("c"), NewEntry("d"), GroupStart("step"), NewEntry("e")]:
        backlog.put([item])
    backlog.put([GroupEnd()], wait=False)
    kept = everything_in(backlog)
    assert kept[:2] == [NewEntry("a"), NewEntry("b")]
    assert [item.count if isinstance(item, Lost) else item for item in kept[2:]] == [
        2,
        GroupStart("step"),
        1,
        GroupEnd(),
    ]


def test_what_may_have_secrets_in_clear_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    backlog = stuck_backlog()
    request = SpawnRequest({"secrets": {"token": "s3cret"}}, NewEntry("***"))
    backlog.put([NewEntry("a"), NewEntry("b")])
    backlog.put([NewEntry("c"), request, NewEntry("d")])
    file = backlog._spool._file
    assert file is not None
    assert b"s3cret" not in os.pread(file.fileno(), 100_000, 0)
    assert everything_in(backlog)[3] == request
    assert not backlog._held


def test_what_the_disk_does_not_give_back_is_lost_and_counted() -> None:
    backlog = stuck_backlog()
    for number in range(5):
        backlog.put([NewEntry(str(number))])
    assert backlog._spool._file is not None
    backlog._spool._file.truncate(3)
    lost = everything_in(backlog)[2]
    assert isinstance(lost, Lost)
    assert lost.count == 3
