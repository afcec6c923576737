"""Places in a log as a filter shows it: the first matching entry at a line, an id, a time, and its index.

The index of an entry is the number of matching ones before it, so that a page can show a long log it has not read.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime

import msgspec

from jobs.models import EntryRecord, LogEntry
from jobs.models.counters import count_from
from jobs.queries import long_reads
from jobs.queries.known_counts import count_within, from_index
from jobs.queries.known_times import before_time
from jobs.queries.log import START, Log, Position
from jobs.queries.log_page import COUNTING_S, counts_around, searched_count
from jobs.queries.long_reads import Steps, in_turns


class Place(msgspec.Struct):
    """An entry in a log, or the end of the log. Numbers that take long are null; the next try counts on."""

    index: int | None  # from 0 among the matching entries
    id: int | None
    line: int | None
    timestamp: str | None
    total: int | None  # of matching entries


def read_place(log: Log, finding: Steps[EntryRecord | None], user_id: int) -> Place:
    """The place of what `finding` finds. Raises CursorReset when the job is gone."""
    entry = in_turns(finding, user_id)
    give_up_at = time.monotonic() + COUNTING_S
    if entry is None:
        total = total_of(log, user_id, COUNTING_S)
        return Place(total, None, None, None, total)
    index = count_within(log, Position(entry.line - 1, entry.id - 1), user_id, COUNTING_S)
    total = total_of(log, user_id, max(0.0, give_up_at - time.monotonic()))
    return Place(index, entry.id, entry.line, entry.timestamp, total)


def total_of(log: Log, user_id: int, seconds: float) -> int | None:
    """The number of matching entries; None when it is not known yet."""
    if log.filter.is_counted:
        return count_from(counts_around(log), log.filter.level or 0)
    return searched_count(log, user_id, seconds)


def at_index(log: Log, index: int) -> Steps[EntryRecord | None]:
    page = yield from from_index(log, index, limit=1)
    return page.records[0] if page.records else None


def at_line(log: Log, line: int) -> Steps[EntryRecord | None]:
    """Of one job's log."""
    rows = LogEntry.objects.filter(job=log.job_id, line__gte=line).order_by("line").values_list("line", "id")
    first = rows.first()
    return None if first is None else (yield from first_after(log, Position(first[0] - 1, first[1] - 1)))


def at_id(log: Log, entry_id: int) -> Steps[EntryRecord | None]:
    own, _, _ = long_reads.in_own_numbers(log, START, START)
    return (yield from first_after(own, long_reads.before_id(own, entry_id)))


def at_time(log: Log, moment: datetime) -> Steps[EntryRecord | None]:
    """The first matching entry, in the order of the log, that is not earlier."""
    own, _, _ = long_reads.in_own_numbers(log, START, START)
    start = yield from before_time(own, moment)
    earliest = max(moment, own.filter.from_time or moment)
    later = Log(own.job_id, replace(own.filter, from_time=earliest), own.names)
    return (yield from first_after(later, start))


def first_after(log: Log, start: Position) -> Steps[EntryRecord | None]:
    page = yield from long_reads.after(log, start, limit=1, continues=False)
    return page.records[0] if page.records else None
