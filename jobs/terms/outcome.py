"""How a job or an attempt at it has ended."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """A terminal status, and what there is to say of it."""

    status: str
    exit_code: int | None = None
    error: str = ""
    result: object = None
