"""Looking for lost jobs again and again, with an eye to what else makes hearts silent.

While nobody can write (SQLite is locked for long, PostgreSQL restarts), or while the machine sleeps, no heart can
beat. Whoever looked then, or just after, would take every run for lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from jobs import lifecycle
from jobs.running.reaper import fail_jobs_of_gone_workers, fail_lost_jobs

PROMPT_S = 1.0  # a write that takes longer had to wait


class Lookout:
    """One for each process that looks, every 5 s."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` is one that goes on while the machine sleeps."""
        self._clock = clock
        self._written_at: float | None = None

    def look(self) -> list[UUID]:
        """Ends what is lost, and gives it. Silence counts only if all could write since the last look."""
        return fail_lost_jobs() if self._all_could_write() else fail_jobs_of_gone_workers()

    def _all_could_write(self) -> bool:
        asked_at, written_at = self._clock(), self._written_at
        begin_to_write()
        now = self._written_at = self._clock()
        if written_at is None or now - asked_at > PROMPT_S:
            return False
        return 0 <= now - written_at <= 2 * lifecycle.HEARTBEAT.total_seconds()


def begin_to_write() -> None:
    """Waits for its turn to write, as any heart has to, and writes nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
