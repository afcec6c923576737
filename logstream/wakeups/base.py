"""What a wake-up is: a hint from another process that there is news. It carries no data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable


class Wakeups(ABC):
    @abstractmethod
    def start(self, on_wakeup: Callable[[], None]) -> None:
        """Begins to listen; calls `on_wakeup` from a thread of its own, perhaps once for many changes."""

    @abstractmethod
    def stop(self) -> None:
        """Ends listening. May be called twice, and before `start`."""


class NoWakeups(Wakeups):
    """For databases that give no sign: only the two-second reconciliation finds what others did."""

    def start(self, on_wakeup: Callable[[], None]) -> None:
        pass

    def stop(self) -> None:
        pass
