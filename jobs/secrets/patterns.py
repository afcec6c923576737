"""Masking by the installation's own patterns (QUAERO_MASK_PATTERNS), in all entries."""

from __future__ import annotations

import re
from functools import cache

from jobs import conf
from jobs.secrets.masking import Masker


def configured_patterns() -> tuple[re.Pattern[str], ...]:
    return compiled(conf.mask_patterns())


def configured_masker() -> Masker:
    """A masker with the patterns alone, for jobs without secret values."""
    return masker_of(configured_patterns())


@cache
def compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


@cache
def masker_of(patterns: tuple[re.Pattern[str], ...]) -> Masker:
    return Masker((), patterns)
