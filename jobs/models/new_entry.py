"""An entry before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from jobs.models.step import Step
from jobs.terms.streams import STDOUT


class NewEntry(NamedTuple):
    """An entry to append. `timestamp` None means now; `step` is a Step of the job or its id.

    `level` is a name or one of our numbers (`jobs.levels.parse`), `stream` one of STREAMS.
    """

    message: str
    level: str | int = "info"
    timestamp: datetime | None = None
    step: Step | UUID | None = None
    stream: str = STDOUT
    source: str = ""
    fields: Mapping[str, object] | None = None
