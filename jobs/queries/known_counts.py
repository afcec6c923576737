"""The number of matching entries up to a place, and the place of the entry with a number."""

from __future__ import annotations

from jobs.queries import long_reads
from jobs.queries.log import END, PAGE_ENTRIES, START, Log, Page, Position
from jobs.queries.long_reads import Steps
from jobs.queries.stretches import whole_stretch
from jobs.queries.trails import Following, Trails

known_counts: Trails[int] = Trails()


def counting(own: Log) -> Following[int]:
    def within(low: Position, high: Position) -> int:
        return own.count(high, low)

    return Following(own, known_counts, (own.job_id, own.filter), 0, within, int.__add__)


def count_up_to(log: Log, end: Position) -> Steps[int]:
    """The number of matching entries up to `end`, which must not be END."""
    own, _, end = long_reads.in_own_numbers(log, START, end)
    stretch = whole_stretch(own)
    if stretch is not None:
        last: int = getattr(end, own.key)
        return min(max(last - stretch.start + 1, 0), len(stretch))
    return (yield from counting(own).up_to(end))


def count_within(log: Log, end: Position, user_id: int, seconds: float) -> int | None:
    """The same within `seconds`; else None, and the next call continues the count."""
    return long_reads.in_turns(long_reads.within(count_up_to(log, end), seconds), user_id)


def from_index(log: Log, index: int, limit: int = PAGE_ENTRIES) -> Steps[Page]:
    """Entries counted from the first matching one, which has the index 0. Raises CursorReset when the job is gone."""
    own, _, _ = long_reads.in_own_numbers(log, START, START)
    start = yield from before_index(own, index)
    return Page([], False) if start is None else (yield from long_reads.after(own, start, limit=limit, continues=False))


def before_index(own: Log, index: int) -> Steps[Position | None]:
    """The place after which the entry with this index comes; None where there is no such entry."""
    stretch = whole_stretch(own)
    if stretch is not None:
        return own.place(stretch[index] - 1) if index < len(stretch) else None
    mark = yield from counting(own).below(index + 1)
    skipped = index - mark.value
    numbers = own.between(own.place(mark.place), END).order_by(own.order).values_list(own.key, flat=True)
    found = numbers[skipped : skipped + 1].first()
    return None if found is None else own.place(found - 1)
