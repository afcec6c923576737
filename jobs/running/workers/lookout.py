"""Looking for lost jobs again and again, with an eye to what else makes hearts silent.

While nobody can write (SQLite is locked for long, the disk is full, PostgreSQL restarts), or while the machine sleeps,
no heart can beat. Whoever looked then, or just after, would take every run for lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job
from jobs.running.workers import last_heard
from jobs.running.workers.reaper import fail_jobs_of_gone_workers, fail_silent_jobs, heartbeats
from jobs.running.workers.silences import Silences, awake_or_asleep

HEARTBEAT_S = lifecycle.HEARTBEAT.total_seconds()
PROMPT_S = 1.0  # a write that takes longer had to wait


class Lookout:
    """One for each process that looks, every 5 s. It knows of silence what it has watched itself."""

    def __init__(self, clock: Callable[[], float] = awake_or_asleep) -> None:
        """`clock` is one that goes on while the machine sleeps."""
        self._clock = clock
        self._written_at: float | None = None
        self._hearts: Silences[UUID, datetime] = Silences()

    def look(self) -> list[UUID]:
        """Ends what is lost, and gives it. Silence counts only while all could write, between one look and the next."""
        before, self._written_at = self._written_at, None
        asked_at = self._clock()
        write()
        now = self._written_at = self._clock()
        if before is None or now - asked_at > PROMPT_S or not 0 <= now - before <= 2 * HEARTBEAT_S:
            self._hearts.forget()
            last_heard.forget()
        self._hearts.note(heartbeats(), now)
        last_heard.listen(now)
        silent = self._hearts.longer_than(lifecycle.LEASE.total_seconds(), now)
        return fail_silent_jobs(silent) + fail_jobs_of_gone_workers()


def write() -> None:
    """Waits for its turn and writes, as any heart has to: a transaction that changes nothing fits on a full disk."""
    Job.objects.filter(pk=SERVICE_JOB_ID).update(updated_at=timezone.now())
