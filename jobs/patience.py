"""Waiting and trying again while the database fails: locked, restarting, out of reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

PATIENCE = timedelta(seconds=60)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
BRIEF_LOCK_WAIT_MS = 500

DatabaseFails = (OperationalError, InterfaceError)
"""What may pass. Other errors of the database are those of the statement."""

# How long a statement waits for a lock: what asks for it, and what changes it for this connection.
LOCK_TIMEOUTS = {"sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}")}
LOCK_TIMEOUTS["postgresql"] = ("SHOW lock_timeout", "SET lock_timeout = '{}'")


class Pauses:
    """The pauses between tries, in seconds: each twice as long as the one before, up to 2 s."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """It has worked: the next failure is a first one."""
        self._next_s = FIRST_PAUSE_S

    def next(self) -> float:
        pause_s, self._next_s = self._next_s, min(self._next_s * 2, LONGEST_PAUSE_S)
        return pause_s


def patiently(attempt: Callable[[], T], patience: timedelta = PATIENCE) -> T:
    """Calls `attempt` until it succeeds, and returns its result. Raises its last database error after `patience`.

    Closes the connection between attempts, since a broken one stays broken. No transaction may be open on it.
    """
    give_up_at = time.monotonic() + patience.total_seconds()
    return persistently(attempt, lambda: time.monotonic() < give_up_at)


def persistently(
    attempt: Callable[[], T], tries_on: Callable[[], bool], on_failure: Callable[[Exception], None] = lambda _: None
) -> T:
    """The same, as long as `tries_on`; `on_failure` gets each error that is not the last."""
    pauses = Pauses()
    while True:
        try:
            return attempt()
        except DatabaseFails as error:
            connection.close()
            if not tries_on():
                raise
            on_failure(error)
        time.sleep(pauses.next())


@contextmanager
def brief_lock_waits() -> Iterator[None]:
    """Within, this thread's connection waits half a second for a lock: for writing that can be done another time."""
    if connection.vendor not in LOCK_TIMEOUTS:
        yield
        return
    asks, sets = LOCK_TIMEOUTS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asks)
        usual = cursor.fetchone()[0]
        cursor.execute(sets.format(BRIEF_LOCK_WAIT_MS))
        try:
            yield
        finally:
            cursor.execute(sets.format(usual))
