"""News in the registry, beside batches of entries: hints to look into the database."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class Changed(NamedTuple):
    """A job's row, steps or entries have changed. Urgent: its status may have."""

    job_id: UUID
    is_urgent: bool = True


class Deleted(NamedTuple):
    """The job was deleted."""

    job_id: UUID


class StreamsChanged(NamedTuple):
    """A client has opened or closed a stream."""


class Grown(NamedTuple):
    """There are new entries, in any job."""
