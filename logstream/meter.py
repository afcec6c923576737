"""The number of entries logged per second, from how fast their ids rise."""

from __future__ import annotations

import time
from collections import deque

WINDOW_S = 10.0


class RateMeter:
    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def rate(self, newest_id: int) -> float:
        """Entries a second over the last ten seconds or since the first sample, given the newest id of now."""
        now = time.monotonic()
        self._samples.append((now, newest_id))
        while len(self._samples) > 2 and self._samples[0][0] < now - WINDOW_S:
            self._samples.popleft()
        since, oldest_id = self._samples[0]
        return round(max(0, newest_id - oldest_id) / (now - since), 1) if now - since > 0.5 else 0.0
