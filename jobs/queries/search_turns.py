"""Turns for searching in logs: AT_A_TIME searches run at once, and waiting users take turns evenly."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

AT_A_TIME = 2


class Turns:
    """Short turns. A reader asks for a new one for each step, so that a long search does not delay other users."""

    def __init__(self, at_a_time: int = AT_A_TIME) -> None:
        self._free = at_a_time
        self._waiting: dict[int, deque[Future[None]]] = {}  # by user; the user with the latest turn is last
        self._lock = threading.Lock()

    def ask(self, user_id: int) -> Future[None]:
        """A future that is done when it is this user's turn. Call `end` after the turn; cancel it to give up."""
        turn: Future[None] = Future()
        with self._lock:
            self._waiting.setdefault(user_id, deque()).append(turn)
        self._give()
        return turn

    def end(self) -> None:
        """Ends a turn, and begins that of the next waiting user."""
        with self._lock:
            self._free += 1
        self._give()

    @contextmanager
    def turn(self, user_id: int) -> Iterator[None]:
        """A block that runs in this user's turn. Blocks the thread until then."""
        self.ask(user_id).result()
        try:
            yield
        finally:
            self.end()

    def _give(self) -> None:
        while (turn := self._next()) is not None:
            turn.set_result(None)

    def _next(self) -> Future[None] | None:
        with self._lock:
            while self._free and self._waiting:
                user_id = next(iter(self._waiting))
                queue = self._waiting.pop(user_id)
                turn = queue.popleft()
                if queue:
                    self._waiting[user_id] = queue
                if turn.set_running_or_notify_cancel():
                    self._free -= 1
                    return turn
        return None


turns = Turns()
