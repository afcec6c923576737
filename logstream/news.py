"""What travels through the registry beside batches of entries: hints that say "look"."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class Changed(NamedTuple):
    """A job's row, steps or entries are not what they were. Urgent: perhaps its status."""

    job_id: UUID
    is_urgent: bool = True


class Deleted(NamedTuple):
    job_id: UUID


class StreamsChanged(NamedTuple):
    """A stream was opened or has ended."""


class Grown(NamedTuple):
    """There are new entries somewhere."""
