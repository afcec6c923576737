"""What the installation's own patterns (QUAERO_MASK_PATTERNS) match, in whatever is logged."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings

from jobs.secrets.masking import Masker


def configured_patterns() -> tuple[re.Pattern[str], ...]:
    return compiled(tuple(getattr(settings, "QUAERO_MASK_PATTERNS", ())))


def configured_masker() -> Masker:
    """For what has no secrets of its own."""
    return masker_of(configured_patterns())


@cache
def compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


@cache
def masker_of(patterns: tuple[re.Pattern[str], ...]) -> Masker:
    return Masker((), patterns)
