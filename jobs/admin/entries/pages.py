"""Pages of the list of entries: they begin at an entry's position, without offsets and without counting.

A cursor is the value by which the entries are ordered: the line within a job, else the id. Where no index can find the
entries, a page searches SCANNED entries at most, so that a search through millions answers; the next page continues it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import models

from jobs.models import LogEntry
from jobs.models.entry import NOTABLE
from jobs.queries import Filter

SCANNED = 100_000

Entries = models.QuerySet[LogEntry]


class EntryPage(NamedTuple):
    """Newest first. A cursor is None where nothing follows in its direction."""

    entries: list[LogEntry]
    older: int | None  # the next page has entries before this
    newer: int | None  # the previous page has entries after this
    has_stopped: bool = False  # the search stopped before it was known whether more entries match


@dataclass(frozen=True, slots=True)
class EntryPages:
    """Pages of the entries `matching`, which are those of `filter`; `size` entries a page."""

    matching: Entries
    filter: Filter
    size: int

    @property
    def key(self) -> str:
        return "id" if self.filter.job is None or self.filter.step is not None else "line"

    @property
    def _unscanned(self) -> Filter:
        """The filter without the parts that no index can answer. A step implies its job."""
        return Filter(step=self.filter.step) if self.filter.step else Filter(job=self.filter.job)

    @property
    def is_indexed(self) -> bool:
        """Whether an index leads from one matching entry to the next."""
        if not self.filter.is_counted:
            return False
        level = self.filter.level
        return level is None or (level >= NOTABLE and self.filter.step is None)

    def newest(self) -> EntryPage:
        """The first page."""
        found, stop, is_cut = self._read(None, is_older=True)
        return EntryPage(found, self._next(found, stop, is_cut), None, stop is not None and not is_cut)

    def older_than(self, cursor: int) -> EntryPage:
        """The page with the newest entries before `cursor`."""
        found, stop, is_cut = self._read(cursor, is_older=True)
        newer = getattr(found[0], self.key) if found else cursor - 1
        return EntryPage(found, self._next(found, stop, is_cut), newer, stop is not None and not is_cut)

    def newer_than(self, cursor: int) -> EntryPage:
        """The page with the oldest entries after `cursor`, newest first."""
        found, stop, is_cut = self._read(cursor, is_older=False)
        newer = self._next(found, stop, is_cut)
        if newer is None:
            return self.newest()  # a full page where there are enough entries
        older = getattr(found[0], self.key) if found else cursor + 1
        return EntryPage(found[::-1], older, newer, not is_cut)

    def _next(self, found: list[LogEntry], stop: int | None, is_cut: bool) -> int | None:
        return getattr(found[-1], self.key) if is_cut else stop

    def _read(self, cursor: int | None, *, is_older: bool) -> tuple[list[LogEntry], int | None, bool]:
        """A page in the direction of reading, the cursor where the search stopped, and whether it left out entries."""
        entries = self._ahead(self.matching, cursor, is_older)
        stop = None if self.is_indexed else self._stop(cursor, is_older)
        if stop is not None:
            entries = entries.filter(**{f"{self.key}__{'gte' if is_older else 'lte'}": stop})
        found = list(entries[: self.size + 1])
        return found[: self.size], stop, len(found) > self.size

    def _stop(self, cursor: int | None, is_older: bool) -> int | None:
        """The cursor of the last entry to search; None: search all that are left."""
        everything = LogEntry.objects.filter(self._unscanned.condition())
        ahead = self._ahead(everything, cursor, is_older).values_list(self.key, flat=True)
        last_and_next = list(ahead[SCANNED - 1 : SCANNED + 1])
        return last_and_next[0] if len(last_and_next) == 2 else None

    def _ahead(self, entries: Entries, cursor: int | None, is_older: bool) -> Entries:
        if cursor is not None:
            entries = entries.filter(**{f"{self.key}__{'lt' if is_older else 'gt'}": cursor})
        return entries.order_by(f"-{self.key}" if is_older else self.key)
