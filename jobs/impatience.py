"""Writing that can be done another time: it waits for locks for a moment only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PATIENCE_MS = 500

# How long a statement waits for a lock: what asks for it, and what changes it for this connection.
LOCK_TIMEOUTS = {"sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}")}
LOCK_TIMEOUTS["postgresql"] = ("SHOW lock_timeout", "SET lock_timeout = '{}'")


@contextmanager
def impatience() -> Iterator[None]:
    """Within, this thread's connection waits for locks for a moment only."""
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
