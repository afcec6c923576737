"""The entries in which something is found, step by step, and how many there are."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
from django.db import models
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from jobs.models import LogEntry
from jobs.queries.finding.expressions_in_logs import ids_of_matching
from jobs.queries.finding.needles import Needle, Span
from jobs.queries.known_counts import count_up_to, known_counts
from jobs.queries.log import END, START, Log, Position
from jobs.queries.log_page import COUNTING_S, newest_of
from jobs.queries.long_reads import Steps, before_id, in_own_numbers, ranges, within
from jobs.queries.parts import in_parts
from jobs.queries.trails import Following

ONLY_NOTHING = "this expression can only match the empty text, of which there is nothing to show"


class FoundEntry(msgspec.Struct):
    id: int
    line: int
    index: int | None  # among the entries of the filter; None: not known yet
    spans: list[Span]  # where in the message, in units of UTF-16: the first hundred


class Found(msgspec.Struct):
    matches: list[FoundEntry]  # in the order of the log
    has_more: bool  # there may be more in the direction of looking
    note: str | msgspec.UnsetType = msgspec.UNSET  # why nothing can be found


class FindCount(msgspec.Struct):
    total: int  # entries in which it is found
    rank: int | None  # how many of them are not after the entry that was asked for


def find(log: Log, needle: Needle, limit: int, *, since: int | None = None, before: int | None = None) -> Steps[Found]:
    """The first entries after the id `since`, or the last ones before the id `before`, or the first of all."""
    if needle.finds_nothing:
        return Found([], False, ONLY_NOTHING)
    own, _, _ = in_own_numbers(log, START, START)
    start = START if since is None else before_id(own, since + 1)
    end = END if before is None else before_id(own, before)
    found, is_backward = list[FoundEntry](), before is not None
    parts = ranges(own, start, end, backward=is_backward)
    for low, high in parts:
        some = found_between(own, needle, low, high, limit + 1 - len(found), is_backward)
        found = some + found if is_backward else found + some
        if len(found) >= limit:
            break
        yield
    has_more = len(found) > limit or (len(found) == limit and next(parts, None) is not None)
    found = found[-limit:] if is_backward else found[:limit]
    yield from add_indexes(log, found)
    return Found(found, has_more)


def count(log: Log, needle: Needle, up_to: int | None = None) -> Steps[FindCount]:
    """Both numbers, exactly; what was counted is remembered."""
    if needle.finds_nothing:
        return FindCount(0, None if up_to is None else 0)
    own, _, newest = in_own_numbers(log, START, newest_of(log))
    counting = counting_of(own, needle)
    rank = None if up_to is None else (yield from counting.up_to(before_id(own, up_to + 1)))
    return FindCount((yield from counting.up_to(newest)), rank)


def counting_of(own: Log, needle: Needle) -> Following[int]:
    def within(low: Position, high: Position) -> int:
        if needle.is_expression:
            return len(ids_between(own, needle, low, high))
        return entries_with(own, needle, low, high).count()

    return Following(own, known_counts, (own.job_id, own.filter, needle), 0, within, int.__add__)


def found_between(
    own: Log, needle: Needle, low: Position, high: Position, limit: int, is_backward: bool
) -> list[FoundEntry]:
    """The first or the last `limit` entries in (low, high] in which it is found, in the order of the log."""
    if needle.is_expression:
        ids = ids_between(own, needle, low, high)
        some = ids[-limit:] if is_backward else ids[:limit]
        return [each for keys in in_parts(some) for each in found_in(LogEntry.objects.filter(pk__in=keys), needle)]
    order = f"-{own.order}" if is_backward else own.order
    found = list(found_in(entries_with(own, needle, low, high).order_by(order)[:limit], needle))
    return found[::-1] if is_backward else found


def found_in(entries: models.QuerySet[LogEntry], needle: Needle) -> Iterator[FoundEntry]:
    """Of a message only the spans are kept: many of them may be very long."""
    if not entries.query.order_by:
        entries = entries.order_by("pk")
    for entry_id, line, message in entries.values_list("id", "line", "message").iterator(chunk_size=20):
        yield FoundEntry(entry_id, line, None, needle.spans(message))


def entries_with(own: Log, needle: Needle, low: Position, high: Position) -> models.QuerySet[LogEntry]:
    """Those in (low, high] in which a plain text is."""
    entries = own.between(low, high)
    if needle.has_case:
        return entries.filter(GreaterThan(StrIndex("message", models.Value(needle.text)), 0))
    return entries.filter(message__contains_ascii=needle.text)


def ids_between(own: Log, needle: Needle, low: Position, high: Position) -> list[int]:
    return ids_of_matching(own, needle.expression, getattr(low, own.key), getattr(high, own.key))


def add_indexes(log: Log, found: list[FoundEntry]) -> Steps[None]:
    """Counts where the entries are among those of the filter, as long as that may take."""
    give_up_at = time.monotonic() + COUNTING_S
    for each in found:
        left = max(0.0, give_up_at - time.monotonic())
        each.index = yield from within(count_up_to(log, Position(each.line - 1, each.id - 1)), left)
        if each.index is None:
            return
