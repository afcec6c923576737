"""Wake-ups across processes: one interface, and one small class for each transport."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from logstream.wakeups.base import NoWakeups, Wakeups
from logstream.wakeups.sqlite import SqliteWakeups


def wakeups_of_database() -> Wakeups:
    """The wake-ups that the configured database offers."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and ":memory:" not in name and "mode=memory" not in name:
        return SqliteWakeups(Path(name).absolute())
    return NoWakeups()


__all__ = ["NoWakeups", "SqliteWakeups", "Wakeups", "wakeups_of_database"]
