"""The number of entries that match a filter without a counter: counted in steps, remembered, and continued from there.

A count that its reader gives up is not lost: the next reader continues it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import NamedTuple
from uuid import UUID

from django.db import models

from jobs.models import DeletedJob
from jobs.queries import long_reads
from jobs.queries.cursors import family_pruned_to_id, pruned_to_id
from jobs.queries.families import members
from jobs.queries.filter import Filter
from jobs.queries.log import START, Log, Position
from jobs.queries.long_reads import Steps

MOST_REMEMBERED = 1_000

Key = tuple[UUID | None, Filter]


class KnownCount(NamedTuple):
    """The number of matching entries from the first one up to a place."""

    number: int = 0
    up_to: Position = START
    deletions: object = None  # `deletions_of` the log when it was counted


class KnownCounts:
    """The counts of this process, MOST_REMEMBERED at most; any thread may use it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, KnownCount] = OrderedDict()  # the latest used one is last
        self._lock = threading.Lock()

    def of(self, log: Log, deletions: object) -> KnownCount:
        """What is known of the log, if nothing was deleted since; else a count of 0 up to START."""
        key = (log.job_id, log.filter)
        with self._lock:
            known = self._known.get(key)
            if known is None or known.deletions != deletions:
                return KnownCount(deletions=deletions)
            self._known.move_to_end(key)
            return known

    def keep(self, log: Log, known: KnownCount) -> None:
        """Remembers a count, and forgets the one that was not used for longest."""
        key = (log.job_id, log.filter)
        with self._lock:
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """Forgets all counts."""
        with self._lock:
            self._known.clear()


known_counts = KnownCounts()


def count_up_to(log: Log, end: Position) -> Steps[int]:
    """The number of matching entries up to `end`, which must not be END."""
    own, _, end = long_reads.in_own_numbers(log, START, end)
    while True:
        known = known_counts.of(own, deletions_of(own))
        if getattr(known.up_to, own.key) > getattr(end, own.key):
            known = KnownCount(deletions=known.deletions)  # it was counted up to a later place
        for low, high in long_reads.ranges(own, known.up_to, end):
            known = KnownCount(known.number + own.count(high, low), high, known.deletions)
            known_counts.keep(own, known)
            yield
        if known.deletions == deletions_of(own):
            return known.number


def count_within(log: Log, end: Position, user_id: int, seconds: float) -> int | None:
    """The same within `seconds`; else None, and the next call continues the count."""
    give_up_at = time.monotonic() + seconds
    counting = count_up_to(log, end)
    while True:
        try:
            long_reads.one_in_turn(counting, user_id)
        except StopIteration as found:
            return int(found.value)
        if time.monotonic() >= give_up_at:
            return None


def deletions_of(log: Log) -> object:
    """A value that changes when entries of the log are deleted."""
    if log.filter.family is not None:
        return family_pruned_to_id(log.filter.family), members(log.filter.family).count()
    if log.job_id is not None:
        return pruned_to_id(log.job_id)
    return pruned_to_id(None), tuple(
        DeletedJob.objects.aggregate(models.Count("pk"), models.Max("deleted_at")).values()
    )
