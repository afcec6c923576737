"""Waiting and trying again while the database fails: locked, restarting, out of reach."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

PATIENCE = timedelta(seconds=60)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0

DatabaseFails = (OperationalError, InterfaceError)


def patiently(attempt: Callable[[], T], patience: timedelta = PATIENCE) -> T:
    """Calls `attempt` until it succeeds, and returns its result. Raises its last database error after `patience`.

    Closes the connection between attempts, since a broken one stays broken. No transaction may be open on it.
    """
    give_up_at = time.monotonic() + patience.total_seconds()
    return persistently(attempt, lambda: time.monotonic() < give_up_at)


def persistently(
    attempt: Callable[[], T], tries_on: Callable[[], bool], on_failure: Callable[[Exception], None] = lambda _: None
) -> T:
    """The same, as long as `tries_on()` is true. Calls `on_failure` with the error before each further attempt."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return attempt()
        except DatabaseFails as error:
            connection.close()
            if not tries_on():
                raise
            on_failure(error)
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
