"""A thread that does something every few seconds, and goes on whatever that comes to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import Error, connections

logger = logging.getLogger(__name__)

Duty = Callable[[], object]


class Heartbeat:
    """Calls its duties one after the other, every so many seconds, in a thread of its own until it is stopped.

    A beat that fails for the database's sake is made up for by the next one, without a word: what cannot be stored is
    for others to complain about. Any other failure is logged. Neither keeps the duties after it from being done.
    """

    def __init__(self, name: str, every_s: float, *duties: Duty, first_after_s: float = 0.0) -> None:
        self._every_s, self._first_after_s, self._duties = every_s, first_after_s, duties
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self, within_s: float | None = None) -> None:
        """No further duty is begun; waits for the one that is being done, at most so many seconds."""
        self._stopped.set()
        self._thread.join(within_s)

    def _run(self) -> None:
        pause_s = self._first_after_s
        try:
            while not self._stopped.wait(pause_s):
                for duty in self._duties:
                    self._do(duty)
                pause_s = self._every_s
        finally:
            connections.close_all()

    def _do(self, duty: Duty) -> None:
        try:
            if not self._stopped.is_set():
                duty()
        except Error:
            connections.close_all()  # a broken connection never heals
        except Exception:
            logger.exception("a duty of the thread %s has failed, and will be tried again", self._thread.name)
            connections.close_all()
