"""A wake-up is a hint from another process that there is news. It carries no data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable


class Wakeups(ABC):
    """A source of wake-ups."""

    @abstractmethod
    def start(self, on_wakeup: Callable[[], None]) -> None:
        """Starts listening. Calls `on_wakeup` in a thread of its own, perhaps once for many changes."""

    @abstractmethod
    def stop(self) -> None:
        """Stops listening. It may be called twice, and before `start`."""


class NoWakeups(Wakeups):
    """For databases without wake-ups: only the reconciliation every 2 s finds what other processes did."""

    def start(self, on_wakeup: Callable[[], None]) -> None:
        pass

    def stop(self) -> None:
        pass
