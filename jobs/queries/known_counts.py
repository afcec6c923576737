"""How many entries match a filter that no counter knows of: counted in steps, remembered, and only ever counted on.

What was counted when nobody wanted to know any more is not lost: who asks next goes on from there.
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


class Known(NamedTuple):
    number: int = 0
    up_to: Position = START  # matching entries from the first to this place
    deletions: object = None  # what had been deleted then


class KnownCounts:
    def __init__(self) -> None:
        self._known: OrderedDict[Key, Known] = OrderedDict()  # those asked for last stand last
        self._lock = threading.Lock()

    def of(self, log: Log, deletions: object) -> Known:
        key = (log.job_id, log.wanted)
        with self._lock:
            known = self._known.get(key)
            if known is None or known.deletions != deletions:
                return Known(deletions=deletions)
            self._known.move_to_end(key)
            return known

    def keep(self, log: Log, known: Known) -> None:
        key = (log.job_id, log.wanted)
        with self._lock:
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._known.clear()


known_counts = KnownCounts()


def count_up_to(log: Log, end: Position) -> Steps[int]:
    """How many entries match up to `end`, which is not END."""
    own, _, end = long_reads.in_own_numbers(log, START, end)
    while True:
        known = known_counts.of(own, deletions_of(own))
        if getattr(known.up_to, own.key) > getattr(end, own.key):
            known = Known(deletions=known.deletions)  # it was asked for a later place
        for low, high in long_reads.ranges(own, known.up_to, end):
            known = Known(known.number + own.count(high, low), high, known.deletions)
            known_counts.keep(own, known)
            yield
        if known.deletions == deletions_of(own):
            return known.number


def count_within(log: Log, end: Position, user_id: int, seconds: float) -> int | None:
    """The same; None when it takes longer, and then it goes on from there the next time."""
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
    """What is another after entries of the log were deleted."""
    if log.wanted.family is not None:
        return family_pruned_to_id(log.wanted.family), members(log.wanted.family).count()
    if log.job_id is not None:
        return pruned_to_id(log.job_id)
    return pruned_to_id(None), tuple(
        DeletedJob.objects.aggregate(models.Count("pk"), models.Max("deleted_at")).values()
    )
