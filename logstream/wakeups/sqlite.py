"""Wake-ups on SQLite: `PRAGMA data_version` changes when another connection has committed.

https://www.sqlite.org/pragma.html#pragma_data_version
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jobs.patience import Pauses
from logstream.wakeups.base import Wakeups

logger = logging.getLogger(f"quaero.{__name__}")

POLL_INTERVAL_S = 0.05
VERSION_SQL = "PRAGMA data_version"


class SqliteWakeups(Wakeups):
    def __init__(self, database: Path) -> None:
        self.database = database
        self._stopping = threading.Event()

    def start(self, on_wakeup: Callable[[], None]) -> None:
        connection = None
        with suppress(sqlite3.Error):  # the thread tries again, and logs a failure
            connection = self._connect()
        thread = threading.Thread(target=self._watch, args=[connection, on_wakeup], name="quaero-wakeups", daemon=True)
        thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _watch(self, connection: sqlite3.Connection | None, on_wakeup: Callable[[], None]) -> None:
        seen, pauses = None, Pauses()
        while not self._stopping.wait(POLL_INTERVAL_S):
            try:
                connection = connection or self._connect()
                version = connection.execute(VERSION_SQL).fetchone()[0]
            except sqlite3.Error as error:
                logger.warning("cannot watch %s: %s", self.database, error)
                connection = None
                self._stopping.wait(pauses.next())
                continue
            pauses.restart()
            if version != seen:
                seen = version
                on_wakeup()
        if connection is not None:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # The number is only comparable within one connection, so this one stays open. Autocommit: no snapshot.
        connection = sqlite3.connect(
            f"{self.database.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5, check_same_thread=False
        )
        connection.execute(VERSION_SQL)
        return connection
