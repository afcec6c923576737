"""For how long something has said nothing new, as this process has watched it.

The moments that others write come from their machines' clocks, which may be wrong by any amount. So they are never
compared with a clock here: what counts is that they change.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Seen(NamedTuple, Generic[Value]):
    value: Value
    since: float


def awake_or_asleep() -> float:
    """Seconds that go on while the machine sleeps, and do not jump when its clock is set (on Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.time()


class Silences(Generic[Key, Value]):
    """Written by one thread; others may ask. Times are those of one clock of this process."""

    def __init__(self) -> None:
        self._seen: dict[Key, Seen[Value]] = {}

    def note(self, values: Mapping[Key, Value], now: float) -> None:
        """What all of them say now. Those that are not among them are forgotten."""
        seen = self._seen
        self._seen = {
            key: seen[key] if key in seen and seen[key].value == value else Seen(value, now)
            for key, value in values.items()
        }

    def forget(self) -> None:
        """From now on it is as if all had just been seen for the first time."""
        self._seen = {}

    def longer_than(self, seconds: float, now: float) -> dict[Key, Value]:
        """Those that have said the same for so long, and what."""
        return {key: seen.value for key, seen in self._seen.items() if now - seen.since >= seconds}

    def lasts(self, key: Key, value: Value, seconds: float, now: float) -> bool:
        """Whether this one, which says `value`, has said nothing else for so long."""
        seen = self._seen.get(key)
        return seen is not None and seen.value == value and now - seen.since >= seconds
