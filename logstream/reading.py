"""Threads that read the database for the live side, without connections while there is nothing to read (S6)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, connection, connections

P = ParamSpec("P")
T = TypeVar("T")


class ReadingPool(ThreadPoolExecutor):
    """A thread pool whose threads close their connections when no work is waiting.

    So idle streams need no file handle, and a busy pool does not open a connection for each read.
    """

    def __init__(self, threads: int, name: str) -> None:
        super().__init__(threads, thread_name_prefix=name)
        self.threads = threads
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self._count(1)
        future = super().submit(self._run, fn, args, kwargs)
        future.add_done_callback(lambda done: self._count(-1) if done.cancelled() else None)
        return future

    def _count(self, more: int) -> None:
        with self._lock:
            self._waiting += more

    def _run(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        self._count(-1)
        try:
            return fn(*args, **kwargs)
        finally:
            if self._waiting == 0:
                connections.close_all()


def warm_up(*pools: ReadingPool) -> None:
    """Starts all threads of the pools, each with a connection at the same time, and closes the connections.

    So a server has as many file handles at its start as it will ever have: SQLite keeps the handle of a closed
    connection for the next one while any other connection of the process is open.
    """
    together = threading.Barrier(sum(pool.threads for pool in pools) + 1, timeout=5)

    def connect() -> None:
        with suppress(DatabaseError, threading.BrokenBarrierError):
            connection.ensure_connection()
            together.wait()

    waiting = [pool.submit(connect) for pool in pools for _ in range(pool.threads)]
    connect()
    connections.close_all()
    wait(waiting)
