"""Several queries that see the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BEGIN_SNAPSHOT = {
    "sqlite": "BEGIN DEFERRED",  # not Django's IMMEDIATE, which would wait for writers
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def snapshot() -> Iterator[None]:
    """All queries in the block see the database at one moment. In a transaction, they see what the transaction sees."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")
