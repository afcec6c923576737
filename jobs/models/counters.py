"""Counts by level, kept on the job and on the step, so that nothing ever needs a COUNT."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from jobs import levels

COLUMNS: dict[int, str] = {number: f"{name}_count" for number, name in levels.NAMES.items()}
COLUMN_NAMES: tuple[str, ...] = tuple(COLUMNS.values())
LEVELS: tuple[int, ...] = tuple(COLUMNS)


class LevelCounters(models.Model):
    """One counter per level. Only `lines.py` and the deletion of entries change them."""

    debug_count = models.BigIntegerField(default=0, editable=False)
    info_count = models.BigIntegerField(default=0, editable=False)
    warn_count = models.BigIntegerField(default=0, editable=False)
    error_count = models.BigIntegerField(default=0, editable=False)
    fatal_count = models.BigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def counts(self) -> dict[str, int]:
        """`{"debug": n, ..., "fatal": n, "total": n}`"""
        return counts_by_name([getattr(self, column) for column in COLUMN_NAMES])


def counts_by_name(numbers: list[int] | tuple[int, ...]) -> dict[str, int]:
    """Counts in the order of `COLUMN_NAMES` -> counts by level name, and `total`."""
    counts = dict(zip(levels.NUMBERS, numbers, strict=True))
    counts["total"] = sum(numbers)
    return counts


def count_from(counts: Mapping[str, int], lowest_level: int) -> int:
    """The number of entries at `lowest_level` or above in `counts` (by level name)."""
    return sum(counts[name] for number, name in levels.NAMES.items() if number >= lowest_level)
