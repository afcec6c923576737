"""Counting the entries that match a filter by time and level: in steps, remembered, and continued from there.

What a reader did not wait for is not lost: the next reader continues it, whether the same one or another.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models

from jobs.queries import long_reads
from jobs.queries.log import START, Log, Position
from jobs.queries.long_reads import Steps
from jobs.queries.pictures.buckets import SECOND, Buckets, Counts, Levels, number_of
from jobs.queries.pictures.moments import moment_of
from jobs.queries.trails import deletions_of

MOST_REMEMBERED = 100  # logs, each with
MOST_BUCKETS = 400  # from the first one that is shown, so that a log may grow; all others are counted together, as
FAR_AWAY = -(2**62)
DIGITS = {True: 19, False: 23}  # of a time as SQLite stores it: to the second, to the millisecond
UNITS = {True: "second", False: "milliseconds"}


class Truncated(models.Func):
    """A time cut to the second or the millisecond, of which there are few among many entries."""

    output_field = models.TextField()
    arity = 1

    def __init__(self, *expressions: Any, to_seconds: bool, **extra: Any) -> None:
        super().__init__(*expressions, to_seconds=to_seconds, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        digits = DIGITS[self.extra["to_seconds"]]
        return super().as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, 1, {digits})", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        unit = UNITS[self.extra["to_seconds"]]
        return super().as_sql(compiler, connection, template=f"DATE_TRUNC('{unit}', %(expressions)s)", **context)


@dataclass
class Counted:
    """What is counted of a log, from its first entry up to a place."""

    deletions: object
    up_to: Position = START
    counts: Counts = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Remembered:
    """The counts of this process; any thread may use it."""

    def __init__(self) -> None:
        self._known: OrderedDict[object, Counted] = OrderedDict()  # the latest used one is last
        self._lock = threading.Lock()

    def of(self, log: Log, start: Position, buckets: Buckets) -> Counted:
        """What is known of the log from `start` on, in buckets like these, if nothing was deleted since."""
        key, deletions = (log.job_id, log.filter, start, buckets.width_ms, buckets.first), deletions_of(log)
        with self._lock:
            known = self._known.pop(key, None)
            if known is None or known.deletions != deletions:
                known = Counted(deletions, start)
            self._known[key] = known
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
            return known

    def forget(self) -> None:
        with self._lock:
            self._known.clear()


remembered = Remembered()


def count_on(log: Log, known: Counted, end: Position, buckets: Buckets) -> Steps[None]:
    """Counts from where `known` ends up to `end`, which must not be END. Call it with the lock of `known`."""
    for low, high in long_reads.ranges(log, known.up_to, end):
        for bucket, level, number in read_groups(log, low, high, buckets.width_ms):
            is_near = 0 <= bucket - buckets.first < MOST_BUCKETS
            known.counts.setdefault(bucket if is_near else FAR_AWAY, Levels())[level] += number
        known.up_to = high
        yield


def read_groups(log: Log, low: Position, high: Position, width_ms: int) -> list[tuple[int, int, int]]:
    """(bucket, level, number of entries) of the matching entries in (low, high]; buckets may come several times."""
    moment = Truncated("timestamp", to_seconds=width_ms >= SECOND)
    groups = log.between(low, high).order_by().values_list(moment, "level").annotate(models.Count("pk"))
    return [(number_of(moment_of(at), width_ms), level, number) for at, level, number in groups]


class Found(NamedTuple):
    counts: Counts
    up_to: Position  # as far as it is counted
    is_complete: bool  # that is all that was asked for


def count_within(log: Log, start: Position, end: Position, buckets: Buckets, user_id: int, seconds: float) -> Found:
    """The counts from `start` up to `end`, or as far as `seconds` allow. Another reader may have counted further."""
    give_up_at = time.monotonic() + seconds
    known = remembered.of(log, start, buckets)
    with known.lock:
        counting = count_on(log, known, end, buckets)
        while not (is_complete := long_reads.is_over(counting, user_id)) and time.monotonic() < give_up_at:
            pass
        counts = {bucket: Levels(levels) for bucket, levels in known.counts.items()}
        return Found(counts, known.up_to, is_complete)
