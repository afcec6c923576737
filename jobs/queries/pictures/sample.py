"""The entries of a long log by time and level, near enough for a picture, without reading the log.

Lines have no gaps, so the lines at which the buckets begin say how many entries each bucket has: those are found by
bisection, where times rise with the lines. What is a warning or worse has an index of its own and is counted, unless
there is much of it; the rest is divided as a sample of each bucket is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from jobs import levels
from jobs.models import LogEntry
from jobs.models.entry import NOTABLE
from jobs.queries.filter import Filter
from jobs.queries.log import Log
from jobs.queries.parts import in_parts
from jobs.queries.pictures.buckets import Buckets, Levels
from jobs.queries.pictures.moments import Moment, places_before

MICROSECOND = timedelta(microseconds=1)
LATEST = datetime.max.replace(tzinfo=UTC) - MICROSECOND
FEW_NOTABLE = 20_000  # read in some 30 ms
BLOCKS, BLOCK = 5, 20  # lines of each bucket that are looked at: so many at each of so many places


def sampled(log: Log, probes: Sequence[Moment], buckets: Buckets) -> list[Levels]:
    """The levels of each bucket, as the filter's level and times leave them. `log`: one job's, filtered by no more."""
    borders = places_before(log, probes, clipped(buckets, log.filter))
    ranges = list(pairwise(borders))
    notable = few_notable(log, borders)
    samples = samples_of(log, ranges)
    shown = [
        scaled(sample, high - low) if notable is None else filled_up(each, sample, high - low)
        for (low, high), each, sample in zip(ranges, notable or samples, samples, strict=True)
    ]
    lowest = log.filter.level or levels.DEBUG
    return [Levels({level: number for level, number in each.items() if level >= lowest}) for each in shown]


def clipped(buckets: Buckets, log_filter: Filter) -> list[datetime]:
    """The borders of the buckets, the first and the last as far as the filter lets them."""
    first, last = log_filter.from_time, log_filter.to_time
    after = None if last is None else min(last, LATEST) + MICROSECOND  # the filter's end is included
    borders = [border if first is None else max(border, first) for border in buckets.borders]
    return [border if after is None else min(border, after) for border in borders]


def few_notable(log: Log, borders: Sequence[int]) -> list[Levels] | None:
    """The warnings and worse between the borders; None when there are many."""
    entries = LogEntry.objects.filter(Filter(level=NOTABLE).condition(), job=log.job_id)
    entries = entries.filter(line__gt=borders[0], line__lte=borders[-1]).order_by("line")
    rows = list(entries.values_list("line", "level")[: FEW_NOTABLE + 1])
    if len(rows) > FEW_NOTABLE:
        return None
    found = [Levels() for _ in borders[1:]]
    for line, level in rows:
        found[bisect_left(borders, line) - 1][level] += 1
    return found


def samples_of(log: Log, ranges: Sequence[tuple[int, int]]) -> list[Levels]:
    """The levels of some entries in each of the ranges (low, high] of lines; of all where they are few."""
    looked_at = [lines_to_look_at(low, high) for low, high in ranges]
    found: dict[int, int] = {}
    for part in in_parts(line for lines in looked_at for line in lines):
        found.update(LogEntry.objects.filter(job=log.job_id, line__in=part).values_list("line", "level"))
    return [Levels(found[line] for line in lines if line in found) for lines in looked_at]


def lines_to_look_at(low: int, high: int) -> list[int]:
    if high - low <= BLOCKS * BLOCK:
        return list(range(low + 1, high + 1))
    return [low + 1 + (high - low) * block // BLOCKS + line for block in range(BLOCKS) for line in range(BLOCK)]


def filled_up(notable: Levels, sample: Levels, number: int) -> Levels:
    """`number` entries: those that are known, and the others as they are in the sample."""
    others = Levels({level: seen for level, seen in sample.items() if level < NOTABLE})
    return notable + scaled(others or Levels({levels.INFO: 1}), number - notable.total())


def scaled(sample: Levels, number: int) -> Levels:
    """As many as `number` in all, in the proportions of the sample."""
    seen = sample.total()
    if not seen or number <= 0:
        return Levels()
    found = Levels({level: each * number // seen for level, each in sample.items()})
    found[sample.most_common(1)[0][0]] += number - found.total()  # what rounding has left
    return found
