"""Looking for lost jobs again and again, with an eye to what else keeps heartbeats away.

While no process can write (SQLite is locked for long, the disk is full, PostgreSQL restarts), or while the machine
sleeps, no heartbeat comes. A process that looked then, or just after, would take every run for lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from jobs.lifecycle import HEARTBEAT_S, LEASE_S
from jobs.models import SERVICE_JOB_ID, Job
from jobs.running.workers import liveness
from jobs.running.workers.reaper import fail_jobs_of_gone_workers, fail_silent_jobs, heartbeats
from jobs.running.workers.silences import Silences, awake_or_asleep

PROMPT_S = 1.0  # a write that takes longer had to wait


class Lookout:
    """One for each process that looks, every 5 s. It knows of silence what it has watched itself."""

    def __init__(self, clock: Callable[[], float] = awake_or_asleep) -> None:
        """`clock` is one that goes on while the machine sleeps."""
        self._clock = clock
        self._written_at: float | None = None
        self._heartbeats: Silences[UUID, datetime] = Silences()

    def look(self) -> list[UUID]:
        """Ends what is lost, and gives it. Silence counts only while all could write, between one look and the next."""
        before, self._written_at = self._written_at, None
        asked_at = self._clock()
        write()
        now = self._written_at = self._clock()
        if before is None or now - asked_at > PROMPT_S or not 0 <= now - before <= 2 * HEARTBEAT_S:
            self._heartbeats.forget()
            liveness.forget()
        self._heartbeats.note(heartbeats(), now)
        liveness.note(now)
        silent = self._heartbeats.longer_than(LEASE_S, now)
        return fail_silent_jobs(silent) + fail_jobs_of_gone_workers()


def write() -> None:
    """Waits for its turn and writes, as a heartbeat does: a transaction that changes nothing fits on a full disk."""
    Job.objects.filter(pk=SERVICE_JOB_ID).update(updated_at=timezone.now())
