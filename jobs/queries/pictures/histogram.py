"""The histogram of a log: its entries over time, by level.

A log with few entries is counted at once. Of a long one whose times rise with its lines, as they do where one clock
gives them, a picture comes from some thousands of look-ups in indexes (`sample`), whatever its length. What that
cannot answer, a search for one, is counted in steps that other readers' searches wait for as little as for each other,
and remembered (`counting`): a picture is of what is counted so far, and says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import models
from django.utils import timezone

from jobs import levels
from jobs.models.record import wire_time
from jobs.queries import long_reads
from jobs.queries.cursors import newest_position
from jobs.queries.filter import FIELDS, Filter
from jobs.queries.log import END, START, Log, Position
from jobs.queries.log_page import counts_of
from jobs.queries.pictures.buckets import SECOND, Levels, Span, buckets_of, start_of
from jobs.queries.pictures.counting import count_within
from jobs.queries.pictures.moments import Moment, are_in_order, between, probes_of, span_of
from jobs.queries.pictures.sample import sampled

FEW = 20_000  # entries that are counted in some 30 ms
COUNTING_S = 0.4  # how long a picture waits for a count
SAMPLED = frozenset({"level", "from_time", "to_time", "first_line", "last_line"})


class Bucket(msgspec.Struct):
    start: str
    counts: dict[str, int]


class Histogram(msgspec.Struct):
    start: str | None = msgspec.field(name="from")  # where the first bucket begins; null: there are no entries
    end: str | None = msgspec.field(name="to")  # where the last one ends
    bucket_s: float | None
    buckets: list[Bucket]  # without gaps, in order
    total: int  # entries in the buckets
    outside: int  # matching entries that were counted, whose times lie outside of them
    newest_id: int | None  # the newest entry that was looked at
    is_sampled: bool  # the numbers are near, not exact
    is_complete: bool  # false: of what is counted so far; ask again


NOTHING = Histogram(None, None, None, [], 0, 0, None, False, True)


class Part(NamedTuple):
    """What part of a log may have the entries, in its own places (low, high], and what times it is about."""

    low: int
    high: int
    span: Span
    probes: list[Moment] | None = None  # of a long log whose times rise with its lines


def histogram_of(log: Log, most: int, user_id: int) -> Histogram:
    """In at most so many buckets. Counting takes turns with the searches of other users."""
    own, _, _ = long_reads.in_own_numbers(log, START, END)
    part = part_of(own)
    if part is None:
        return NOTHING
    if part.probes is not None and part.high - part.low > FEW and can_be_sampled(own):
        buckets = buckets_of(part.span, most)
        shown = sampled(own, part.probes, buckets)
        return drawn(buckets.width_ms, buckets.first, shown, newest_id=id_at(own, part.high), is_sampled=True)
    return counted(own, part, most, user_id)


def counted(log: Log, part: Part, most: int, user_id: int) -> Histogram:
    buckets = buckets_of(part.span, most)
    start, end = Position(part.low, part.low), Position(part.high, part.high)
    found = count_within(log, start, end, buckets, user_id, COUNTING_S)
    shown = buckets.inner(found.counts)
    picture = drawn(buckets.width_ms, buckets.first, shown, newest_id=id_at(log, getattr(found.up_to, log.key)))
    picture.is_complete = found.is_complete
    picture.outside = sum(each.total() for each in found.counts.values()) - picture.total
    return picture


def part_of(log: Log) -> Part | None:
    """None when there are no entries."""
    low, high = long_reads.extent(log, START, END)
    if log.job_id is not None and log.key == "line":
        low, high = max(low, (log.filter.first_line or 1) - 1), min(high, log.filter.last_line or high)
    if low >= high:
        return None
    if size_of(log, high - low) <= FEW:
        return with_span(log, Part(low, high, Span(*times_of(log, low, high))))
    if log.filter.step is not None or log.filter.family is not None:
        return with_span(log, Part(low, high, ends_of(log)))
    probes = probes_of(log, low, high)
    first, last = log.filter.from_time, log.filter.to_time
    part = Part(*between(probes, first, last), span_of(probes), probes if are_in_order(probes) else None)
    return with_span(log, part)


def with_span(log: Log, part: Part) -> Part:
    """A picture is of the times that the filter names; of those of the log, where it names none."""
    first, last = log.filter.from_time or part.span.first, log.filter.to_time or part.span.last
    return part._replace(span=Span(first, max(first, last)))


def size_of(log: Log, width: int) -> int:
    if log.filter.step is None and log.filter.family is None:
        return width
    return counts_of(None, log.filter.step, log.filter.family)["total"]


def all_of(log: Log) -> Log:
    """The same log, whose filter chooses a part of it and leaves out nothing within."""
    return Log(log.job_id, Filter(step=log.filter.step, family=log.filter.family))


def times_of(log: Log, low: int, high: int) -> tuple[datetime, datetime]:
    entries = all_of(log).between(Position(low, low), Position(high, high))
    found = entries.aggregate(first=models.Min("timestamp"), last=models.Max("timestamp"))
    return found["first"] or timezone.now(), found["last"] or timezone.now()


def ends_of(log: Log) -> Span:
    """The times of the first and the last entry."""
    entries = all_of(log).between(START, END).order_by(log.key).values_list("timestamp", flat=True)
    ends = [entries.first() or timezone.now(), entries.last() or timezone.now()]
    return Span(min(ends), max(ends))


def can_be_sampled(log: Log) -> bool:
    """Ids have gaps where jobs were deleted, so only of one job's log do places say how many entries there are."""
    return log.job_id is not None and all(member in SAMPLED or getattr(log.filter, member) is None for member in FIELDS)


def id_at(log: Log, place: int) -> int | None:
    if log.key == "id":
        return place
    return newest_position(log.job_id, place).id or None


def drawn(
    width_ms: int, first: int, shown: list[Levels], *, newest_id: int | None, is_sampled: bool = False
) -> Histogram:
    starts = [wire_time(start_of(first + number, width_ms)) for number in range(len(shown) + 1)]
    buckets = [Bucket(start, counts_of_levels(each)) for start, each in zip(starts, shown, strict=False)]
    total = sum(each.total() for each in shown)
    return Histogram(
        starts[0], starts[-1], width_ms / SECOND, buckets, total, 0, newest_id, is_sampled, is_complete=True
    )


def counts_of_levels(found: Levels) -> dict[str, int]:
    return {name: found[number] for number, name in levels.NAMES.items()}
