"""Long readings of a log in short steps, so that other users have their turn in between.

Where an index leads to the entries, a reading is one step. A search looks at every entry: it reads the log range by
range, each so wide that it takes about STEP_S.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from jobs.models import EntryRecord, LogEntry
from jobs.models.record import wire_size
from jobs.queries.cursors import line_from, require_unbroken
from jobs.queries.families import extent_of
from jobs.queries.log import END, PAGE_BYTES, PAGE_ENTRIES, START, Log, Page, Position
from jobs.queries.search_turns import turns
from jobs.queries.snapshots import snapshot
from jobs.validation.query import MAX_ID

P = ParamSpec("P")
T = TypeVar("T")

STEP_S = 0.03
FIRST_WIDTH, NARROWEST, WIDEST = 4_000, 50, 200_000

Steps = Generator[None, None, T]
"""Each `next` makes a step; the generator returns what was to be read."""


def in_turns(steps: Steps[T], user_id: int) -> T:
    """What the steps return. Waits for this user's turn before each of them, so call it in a thread that may wait."""
    while True:
        try:
            one_in_turn(steps, user_id)
        except StopIteration as end:
            found: T = end.value
            return found


def one_in_turn(steps: Steps[Any], user_id: int) -> None:
    """Waits for this user's turn and makes a step. Raises StopIteration with the last one."""
    with turns.turn(user_id):
        next(steps)


def within(steps: Steps[T], seconds: float) -> Steps[T | None]:
    """What the steps return, if that takes no longer, with the waiting for turns; else None."""
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
        if time.monotonic() >= give_up_at:
            return None
        yield


def is_over(steps: Steps[Any], user_id: int) -> bool:
    """Makes a step in this user's turn, unless there is none left."""
    try:
        one_in_turn(steps, user_id)
    except StopIteration:
        return True
    return False


def unbroken(log: Log, start: Position, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `read` returns, when no entry after `start` has been deleted. Raises CursorReset otherwise."""
    family = log.filter.family
    with snapshot():
        require_unbroken(family or log.job_id, start, with_children=family is not None)
        return read(*args, **kwargs)


def after(
    log: Log, start: Position, end: Position = END, limit: int = PAGE_ENTRIES, *, continues: bool = True
) -> Steps[Page]:
    """As `Log.after`. Raises CursorReset, when a reader `continues` at `start`: entries after it may have gone."""
    read_until = start if continues else START
    if log.filter.is_counted:
        return unbroken(log, read_until, log.after, start, end, limit)
    records: list[EntryRecord] = []
    left = PAGE_BYTES
    own, first, newest = in_own_numbers(log, start, end)
    for low, high in ranges(own, first, newest):
        page = unbroken(log, read_until, own.after, low, high, limit - len(records))
        records += page.records
        left -= sum(map(wire_size, page.records))
        if page.has_more or left <= 0:
            return Page(records, True)
        yield
    unbroken(log, read_until, bool)  # also where there was no range to read
    return Page(records, False)


def last(log: Log, limit: int, end: Position = END) -> Steps[Page]:
    """As `Log.last`. Raises CursorReset when the job is gone."""
    if log.filter.is_counted:
        return unbroken(log, START, log.last, limit, START, end)
    records: list[EntryRecord] = []
    left = PAGE_BYTES
    own, first, newest = in_own_numbers(log, START, end)
    for low, high in ranges(own, first, newest, backward=True):
        page = unbroken(log, START, own.last, limit - len(records), low, high)
        records = page.records + records
        left -= sum(map(wire_size, page.records))
        if page.has_more or left <= 0:
            return Page(records, True)
        yield
    unbroken(log, START, bool)
    return Page(records, False)


def before_last(log: Log, limit: int, end: Position) -> Steps[Position]:
    """As `Log.before_last`, for a limit of 1 or more."""
    if log.filter.is_counted:
        return log.before_last(limit, end)
    passed = 0
    own, first, newest = in_own_numbers(log, START, end)
    for low, high in ranges(own, first, newest, backward=True):
        count = own.count(high, low)
        if passed + count > limit:
            return own.before_last(limit - passed, high)
        passed += count
        yield
    return START


def has_up_to(log: Log, end: Position) -> Steps[bool]:
    """As `Log.has_up_to`."""
    if log.filter.is_counted:
        return log.has_up_to(end)
    own, first, newest = in_own_numbers(log, START, end)
    for low, high in ranges(own, first, newest, backward=True):
        if own.between(low, high).exists():
            return True
        yield
    return False


def in_own_numbers(log: Log, start: Position, end: Position) -> tuple[Log, Position, Position]:
    """The same log and places. One job's entries in the log of all jobs become its own log, whose index has lines."""
    job_id = log.filter.job
    if job_id is None or log.filter.step is not None or log.filter.family is not None:
        return log, start, end
    own = Log(job_id, replace(log.filter, job=None), log.names)
    return own, place_of(job_id, start), place_of(job_id, end)


def place_of(job_id: UUID, position: Position) -> Position:
    """The place in the job's own log; START and END stay as they are."""
    if position.id in (START.id, END.id):
        return position
    return Position(line_from(job_id, position.id + 1) - 1, position.id)


def before_id(own: Log, entry_id: int) -> Position:
    """The place before the first entry with this id or a higher one, whether it is stored or not."""
    entry_id = min(entry_id, MAX_ID)
    if own.job_id is None or own.key == "id":
        return Position(0, max(entry_id - 1, 0))
    return Position(line_from(own.job_id, entry_id) - 1, max(entry_id - 1, 0))


def ranges(log: Log, start: Position, end: Position, *, backward: bool = False) -> Iterator[tuple[Position, Position]]:
    """(start, end] in ranges. The time that the caller took for a range decides the width of the next one."""
    low, high = extent(log, start, end)
    width = FIRST_WIDTH
    while low < high:
        began = time.monotonic()
        if backward:
            part = (max(low, high - width), high)
            high = part[0]
        else:
            part = (low, min(high, low + width))
            low = part[1]
        yield Position(part[0], part[0]), Position(part[1], part[1])
        width = next_width(width, time.monotonic() - began)


def next_width(width: int, took_s: float) -> int:
    """The width that takes about STEP_S if the next range is like the last one; at most twice the last width."""
    fitting = width * STEP_S / max(took_s, 1e-6)
    return int(min(max(fitting, NARROWEST), width * 2, WIDEST))


def extent(log: Log, start: Position, end: Position) -> tuple[int, int]:
    """(low, high] in lines or ids (`log.key`): the part of (start, end] in which the log has entries at all."""
    low, high = getattr(start, log.key), getattr(end, log.key)
    if log.filter.family is not None and log.filter.step is None:
        family = extent_of(log.filter.family)
        first, newest = family.first_id, family.last_id
    else:
        rows = LogEntry.objects.order_by(log.key).values_list(log.key, flat=True)
        if log.filter.step is not None:
            rows = rows.filter(step=log.filter.step)
        elif log.job_id is not None:
            rows = rows.filter(job=log.job_id)
        first, newest = rows.first() or 0, rows.last() or 0
    return max(low, first - 1), min(high, newest)
