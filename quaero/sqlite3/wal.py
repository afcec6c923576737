"""SQLite's write-ahead log. It grows while a reader needs an older state, and does not shrink by itself."""

from __future__ import annotations

import os
from contextlib import suppress

from django.db import connection

from jobs.patience import brief_lock_waits
from jobs.terms.sizes import MIB

LARGE_BYTES = 16 * MIB


def shorten_wal() -> None:
    """Moves its content to the database and empties it, when it is large and no reader or writer prevents it.

    For a duty: it waits half a second at most, and the duty tries again.
    """
    if connection.vendor != "sqlite" or wal_bytes() < LARGE_BYTES:
        return
    with brief_lock_waits(), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def wal_bytes() -> int:
    with suppress(OSError):
        return os.stat(f"{connection.settings_dict['NAME']}-wal").st_size
    return 0
