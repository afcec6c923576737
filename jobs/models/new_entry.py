"""What is to be logged, before it is an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from jobs.models.step import Step
from jobs.streams import STDOUT


class NewEntry(NamedTuple):
    """What is to be logged. `timestamp` None is now; `step` is a Step of the job or its id."""

    message: str
    level: str | int = "info"
    timestamp: datetime | None = None
    step: Step | UUID | None = None
    stream: str = STDOUT
    source: str = ""
    fields: Mapping[str, object] | None = None
