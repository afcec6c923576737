"""Taking entries from the signals that they came with, where they are next in line (promise S1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from jobs.models import AppendedBatch, EntryRecord


class Taken(NamedTuple):
    batches: Sequence[AppendedBatch]  # those that brought something new, in order
    records: Sequence[EntryRecord]  # what is new of them
    is_complete: bool  # False: something must be read

    @property
    def last(self) -> AppendedBatch:
        return self.batches[-1]


def take_in_line(news: Sequence[object], numbers_of: Callable[[AppendedBatch], Sequence[int]], newest: int) -> Taken:
    """The entries of all batches among the news that follow on `newest` without a gap, together.

    `numbers_of` gives the numbers in which the feed counts a batch's entries: their lines, or their ids.
    """
    batches = [item for item in news if isinstance(item, AppendedBatch)]
    batches.sort(key=lambda batch: numbers_of(batch)[0])
    taken: list[AppendedBatch] = []
    records: list[EntryRecord] = []
    for batch in batches:
        numbers = numbers_of(batch)
        first, last = numbers[0], numbers[-1]
        if first > newest + 1 or last - first != len(numbers) - 1:
            return Taken(taken, records, is_complete=False)
        if last > newest:
            taken.append(batch)
            records += batch.records()[newest + 1 - first :]
            newest = last
    return Taken(taken, records, is_complete=len(batches) == len(news))
