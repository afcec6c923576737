"""A short wait for locks, for writes that can be done later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PATIENCE_MS = 500

# How long a statement waits for a lock: the statement that reads it, and the one that sets it for this connection.
LOCK_TIMEOUTS = {"sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}")}
LOCK_TIMEOUTS["postgresql"] = ("SHOW lock_timeout", "SET lock_timeout = '{}'")


@contextmanager
def impatience() -> Iterator[None]:
    """In the block, this thread's connection waits PATIENCE_MS at most for a lock."""
    if connection.vendor not in LOCK_TIMEOUTS:
        yield
        return
    asks, sets = LOCK_TIMEOUTS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asks)
        usual = cursor.fetchone()[0]
        cursor.execute(sets.format(PATIENCE_MS))
        try:
            yield
        finally:
            cursor.execute(sets.format(usual))
