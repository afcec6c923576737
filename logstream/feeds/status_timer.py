"""Spaces out what a feed sends of its own accord: a status, or the numbers above a list (promise S3)."""

from __future__ import annotations

from collections.abc import Callable


class StatusTimer:
    """Remembers when something was sent last. Times are the loop's, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sent_at = -1e9

    def restart(self) -> None:
        """It is sent, or looked at, now."""
        self._sent_at = self._clock()

    def due_at(self, interval_s: float) -> float:
        """When it is due again, at an interval that may be another each time."""
        return self._sent_at + interval_s

    def is_due(self, interval_s: float) -> bool:
        return self._clock() >= self.due_at(interval_s)
