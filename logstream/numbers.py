"""The numbers of jobs by status and by kind, counted once for all feeds of this process."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from jobs.models import Job
from jobs.queries.cursors import newest_position

SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S = 1.0, 5.0
MOST_OF_THE_TIME = 0.05  # the share of time for counting at most: counting a hundred thousand jobs takes long


@dataclass(frozen=True)
class Numbers:
    by_status: dict[str, int]
    by_kind: dict[str, int]
    newest_entry_id: int

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


def count_jobs() -> Numbers:
    """Counts all jobs but the service job, by status and by kind."""
    by_status: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    for status, kind, count in Job.objects.listed().order_by().values_list("status", "kind").annotate(Count("pk")):
        by_status[status] += count
        by_kind[kind] += count
    return Numbers(dict(by_status), dict(by_kind), newest_position(None, 0).id)


def timed_count() -> tuple[Numbers, float]:
    """The numbers, and the seconds that counting took, without the wait for a thread."""
    begun = time.monotonic()
    return count_jobs(), time.monotonic() - begun


class JobNumbers:
    """The numbers, counted again at most once an interval, which grows with the time that counting takes."""

    def __init__(self, read: Callable[..., Coroutine[Any, Any, tuple[Numbers, float]]]) -> None:
        """`read` calls a function in a reading thread."""
        self._read = read
        self._found: Numbers | None = None
        self._lock = asyncio.Lock()
        self.next_at = -1e9  # when they may be counted again (loop time)

    async def current(self) -> Numbers:
        """The numbers of now, or those of the last count if that was less than an interval ago."""
        async with self._lock:
            begun = asyncio.get_running_loop().time()
            if self._found is None or begun >= self.next_at:
                self._found, took_s = await self._read(timed_count)
                interval_s = max(SHORTEST_INTERVAL_S, took_s / MOST_OF_THE_TIME)
                self.next_at = begun + min(interval_s, LONGEST_INTERVAL_S)
            return self._found
