"""What is known of a log from its first entry up to some of its places: found in steps, remembered, and continued.

So the number of matching entries before a place, or the entry with a number, takes a look at few entries only. What a
reader gives up is not lost: the next reader continues it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from django.db import models

from jobs.models import COLUMN_NAMES, DeletedJob, Job
from jobs.queries import long_reads
from jobs.queries.cursors import pruned_to_id
from jobs.queries.families import members
from jobs.queries.log import END, Log, Position
from jobs.queries.long_reads import Steps

MOST_REMEMBERED = 1_000
MOST_MARKS = 500  # of one trail; then every second one goes

T = TypeVar("T", int, datetime)


class Mark(NamedTuple, Generic[T]):
    """A value over all entries up to a place: a line or an id (`Log.key`)."""

    place: int
    value: T


class Trail(Generic[T]):
    """A value that never falls, at some places of a log. Any thread may use it."""

    def __init__(self, nothing: T, deletions: object) -> None:
        """`nothing`: the value before the first entry. `deletions`: `deletions_of` the log."""
        self.deletions = deletions
        self._places: list[int] = [0]
        self._values: list[T] = [nothing]
        self._lock = threading.Lock()

    def last_until(self, place: int) -> Mark[T]:
        """The last mark at or before a place."""
        with self._lock:
            return self._mark(bisect_right(self._places, place) - 1)

    def last_below(self, value: T) -> Mark[T]:
        """The last mark with a lower value; the very first one if there is none."""
        with self._lock:
            return self._mark(max(bisect_left(self._values, value) - 1, 0))

    def add(self, place: int, value: T) -> None:
        with self._lock:
            if place > self._places[-1]:
                self._places.append(place)
                self._values.append(value)
            if len(self._places) > MOST_MARKS:
                del self._places[1:-1:2], self._values[1:-1:2]

    def _mark(self, number: int) -> Mark[T]:
        return Mark(self._places[number], self._values[number])


class Trails(Generic[T]):
    """The trails of this process, MOST_REMEMBERED at most. Any thread may use it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Trail[T]] = OrderedDict()  # the latest used one is last
        self._lock = threading.Lock()

    def of(self, key: Hashable, nothing: T, deletions: object) -> Trail[T]:
        """The trail that is known, if nothing was deleted since; else a new one."""
        with self._lock:
            trail = self._known.get(key)
            if trail is None or trail.deletions != deletions:
                trail = self._known[key] = Trail(nothing, deletions)
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
            return trail

    def forget(self) -> None:
        """Forgets all trails."""
        with self._lock:
            self._known.clear()


@dataclass(frozen=True)
class Following(Generic[T]):
    """How the trail of a log is continued. `log` is in its own numbers (`long_reads.in_own_numbers`)."""

    log: Log
    known: Trails[T]
    key: Hashable
    nothing: T
    within: Callable[[Position, Position], T]  # the value of the entries in (low, high]
    join: Callable[[T, T], T]

    def up_to(self, end: Position) -> Steps[T]:
        """The value over the entries up to `end`, which must not be END."""
        while True:
            trail = self._trail()
            mark = trail.last_until(getattr(end, self.log.key))
            value = yield from self._follow(trail, mark, end)
            if trail.deletions == deletions_of(self.log):
                return value

    def below(self, value: T) -> Steps[Mark[T]]:
        """The last mark with a lower value: that of the next is not lower, where there is a next one."""
        while True:
            trail = self._trail()
            yield from self._follow(trail, trail.last_until(END.id), END, until=value)
            if trail.deletions == deletions_of(self.log):
                return trail.last_below(value)

    def _trail(self) -> Trail[T]:
        return self.known.of(self.key, self.nothing, deletions_of(self.log))

    def _follow(self, trail: Trail[T], mark: Mark[T], end: Position, until: T | None = None) -> Steps[T]:
        """Continues from a mark to `end`, or to where the value is `until`."""
        value = mark.value
        for low, high in long_reads.ranges(self.log, Position(mark.place, mark.place), end):
            if until is not None and not value < until:
                break
            value = self.join(value, self.within(low, high))
            trail.add(getattr(high, self.log.key), value)
            yield
        return value


def deletions_of(log: Log) -> object:
    """A value that changes when entries of the log are deleted."""
    if log.filter.family is not None:
        return missing_among(members(log.filter.family))
    if log.job_id is not None:
        return missing_among(Job.objects.filter(pk=log.job_id))
    return pruned_to_id(None), tuple(
        DeletedJob.objects.aggregate(models.Count("pk"), models.Max("deleted_at")).values()
    )


def missing_among(jobs: models.QuerySet[Job]) -> tuple[int, int]:
    """The number of jobs, and how many of all entries that they ever had are not stored any more."""
    sums = jobs.aggregate(
        jobs=models.Count("pk"), ever=models.Sum("last_line"), **{name: models.Sum(name) for name in COLUMN_NAMES}
    )
    return sums["jobs"], (sums["ever"] or 0) - sum(sums[name] or 0 for name in COLUMN_NAMES)
