"""Waiting for a database that fails: how long between tries, and for how long for a lock."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import connection

from jobs.patience import BRIEF_LOCK_WAIT_MS, Pauses, brief_lock_waits


def lock_wait_ms() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


def test_pauses_grow_up_to_two_seconds_and_begin_anew_when_it_has_worked() -> None:
    pauses = Pauses()
    assert [pauses.next() for _ in range(7)] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    pauses.restart()
    assert pauses.next() == 0.1


@pytest.mark.django_db
def test_locks_are_waited_for_briefly_within_and_as_usual_after_it() -> None:
    usual = lock_wait_ms()
    with suppress(ZeroDivisionError), brief_lock_waits():
        assert lock_wait_ms() == BRIEF_LOCK_WAIT_MS < usual
        1 / 0  # noqa: B018
    assert lock_wait_ms() == usual
