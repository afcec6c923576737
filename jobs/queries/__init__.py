"""The one way out: the filter, and all reading of entries through it."""

from jobs.queries.filter import EVERYTHING, NO_LIMIT, Filter
from jobs.queries.log import END, PAGE_BYTES, PAGE_ENTRIES, START, Log, Names, Page, Position

__all__ = [
    "END",
    "EVERYTHING",
    "NO_LIMIT",
    "PAGE_BYTES",
    "PAGE_ENTRIES",
    "START",
    "Filter",
    "Log",
    "Names",
    "Page",
    "Position",
]
