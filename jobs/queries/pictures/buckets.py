"""Buckets of time: how wide they are, and in which one a moment lies.

A bucket's width is a round one, and its number is counted from the epoch. So the borders of buckets stay where they
are while a log grows, and a client can add to the newest bucket what comes meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SECOND = 1_000  # milliseconds, as all widths are
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
WIDTHS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(each * SECOND for each in (1, 2, 5, 10, 15, 30)),
    *(each * MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * HOUR for each in (1, 2, 3, 6, 12)),
    *(each * DAY for each in (1, 2, 7, 14, 28, 91, 182, 364, 3_640, 36_400)),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

Levels = Counter[int]  # entries by the number of their level
Counts = dict[int, Levels]  # by the number of the bucket


class Span(NamedTuple):
    """From one moment to another, both included."""

    first: datetime
    last: datetime


class Buckets(NamedTuple):
    """The buckets of one width from one number to another, both included."""

    width_ms: int
    first: int
    last: int

    @property
    def borders(self) -> list[datetime]:
        """Where each bucket begins, and where the last one ends."""
        return [start_of(number, self.width_ms) for number in range(self.first, self.last + 2)]

    def inner(self, counts: Mapping[int, Levels]) -> list[Levels]:
        """The counts of each bucket in turn."""
        return [counts.get(number, Levels()) for number in range(self.first, self.last + 1)]


def buckets_of(span: Span, most: int) -> Buckets:
    """The narrowest buckets of which `most` or fewer hold the whole span."""
    for width_ms in WIDTHS:
        buckets = Buckets(width_ms, number_of(span.first, width_ms), number_of(span.last, width_ms))
        if buckets.last - buckets.first < most:
            return buckets
    return buckets


def number_of(moment: datetime, width_ms: int) -> int:
    return (moment - EPOCH) // (MILLISECOND * width_ms)


def start_of(number: int, width_ms: int) -> datetime:
    """Where a bucket begins, as far as the calendar goes."""
    try:
        return EPOCH + timedelta(milliseconds=number * width_ms)
    except OverflowError:
        return (datetime.min if number < 0 else datetime.max).replace(tzinfo=UTC)
