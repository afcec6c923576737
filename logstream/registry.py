"""The asyncio broadcast registry: topics and their listeners. No Django, no I/O.

News come from any thread, in any order, and are only hints to look: the database is the truth (promise S1).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID


class Topic(NamedTuple):
    """What can be watched: one job, alone or with its descendants, the list of jobs, or the whole service."""

    kind: str
    job_id: UUID | None = None

    def __str__(self) -> str:
        """`job:ID`, with its descendants or without, `jobs`, `service`."""
        return self.kind if self.job_id is None else f"job:{self.job_id}"


JOB, FAMILY = "job", "family"  # kinds of topics that have a job
JOBS = Topic("jobs")
SERVICE = Topic("service")


def job_topic(job_id: UUID) -> Topic:
    return Topic(JOB, job_id)


def family_topic(job_id: UUID) -> Topic:
    return Topic(FAMILY, job_id)


Listener = Callable[[object], None]


class Registry:
    """Delivers news of topics to listeners on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._listeners: dict[Topic, set[Listener]] = {}
        self._inbox: deque[tuple[Topic, object]] = deque()
        self._is_delivery_due = False

    def subscribe(self, topic: Topic, listener: Listener) -> Callable[[], None]:
        """`listener` is called on the loop with all news of the topic, until the returned function is called."""
        self._listeners.setdefault(topic, set()).add(listener)

        def unsubscribe() -> None:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(topic, None)

        return unsubscribe

    def is_watched(self, topic: Topic) -> bool:
        return topic in self._listeners

    def publish(self, topic: Topic, news: object) -> None:
        """Delivers news to the topic's listeners. Call it from any thread; costs almost nothing without listeners."""
        if topic not in self._listeners:
            return
        self._inbox.append((topic, news))
        if not self._is_delivery_due:  # one wake-up of the loop for many news
            self._is_delivery_due = True
            try:
                self.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed, and with it all listeners
                self._inbox.clear()

    def _deliver(self) -> None:
        self._is_delivery_due = False  # before the inbox is emptied: later news wake the loop again
        while self._inbox:
            topic, news = self._inbox.popleft()
            for listener in tuple(self._listeners.get(topic, ())):
                listener(news)
