"""The ids of entries: none is used twice (D7)."""

from __future__ import annotations

from django.db import connections

from jobs.models.entry import LogEntry

TABLE = LogEntry._meta.db_table


def newest_id_ever(using: str = "default") -> int:
    """The highest entry id that was ever used, also if that entry is deleted; 0 before the first."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [TABLE])
        row = cursor.fetchone()
    return row[0] if row else 0


def raise_sequence(newest_id: int, using: str = "default") -> None:
    """Makes the next id higher than `newest_id`.

    SQLite's sequence belongs to the table: a migration that rebuilds the table starts it again from the
    newest row that is left, and would use the ids of deleted entries a second time.
    """
    if newest_id <= newest_id_ever(using):
        return
    with connections[using].cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [newest_id, TABLE])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [TABLE, newest_id])
