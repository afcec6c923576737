"""What a process logs of a database that is slow or away: once when it begins, once when it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import Error, connection

logger = logging.getLogger(f"quaero.{__name__}")

T = TypeVar("T")

SLOW_S = 3.0
SLOW_AGAIN_AFTER_S = 60.0


class DatabaseWatch:
    """For what a process does again and again: it writes, so that it fails or waits when others do."""

    def __init__(self, who: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`who` begins a sentence: "The web process"."""
        self._who, self._clock = who, clock
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._slow_logged_at: float | None = None

    def watched(self, work: Callable[[], T]) -> Callable[[], T | None]:
        """`work`, which gives None instead of raising what the database raises."""

        def watched_work() -> T | None:
            started = self._clock()
            try:
                result = work()
            except Error as error:
                connection.close()
                self._has_failed(error, started)
                return None
            self._has_answered(started)
            return result

        watched_work.__name__ = getattr(work, "__name__", "work")
        return watched_work

    def _has_failed(self, error: Exception, started: float) -> None:
        with self._lock:
            if self._away_since is not None:
                return
            self._away_since = started
        said = " ".join(str(error).split())
        logger.warning("%s cannot use the database, and tries again until it can: %s", self._who, said)

    def _has_answered(self, started: float) -> None:
        now = self._clock()
        with self._lock:
            away_since, self._away_since = self._away_since, None
            is_slow = away_since is None and now - started >= SLOW_S and self._is_slow_news(now)
        if away_since is not None:
            logger.warning("%s can use the database again, after %.0f s", self._who, now - away_since)
        elif is_slow:
            logger.warning("%s had to wait %.1f s for the database", self._who, now - started)

    def _is_slow_news(self, now: float) -> bool:
        if self._slow_logged_at is not None and now - self._slow_logged_at < SLOW_AGAIN_AFTER_S:
            return False
        self._slow_logged_at = now
        return True
