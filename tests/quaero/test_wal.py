from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from quaero.sqlite3 import wal
from tests.factories import append_lines, make_job

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_has_grown_during_a_reading_is_emptied_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wal, "LARGE_BYTES", 100_000)
    job = make_job()
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM quaero_jobs_job").fetchone()
        append_lines(job, ["x" * 1_000] * 1_000)
        wal.shorten_wal()  # in vain, and without waiting for long
        assert wal.wal_bytes() > 100_000
    wal.shorten_wal()
    assert wal.wal_bytes() == 0


def test_a_small_one_is_left_alone() -> None:
    append_lines(make_job(), 3)
    before = wal.wal_bytes()
    wal.shorten_wal()
    assert wal.wal_bytes() == before > 0
