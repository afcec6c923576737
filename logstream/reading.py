"""Threads that read the database for the live side, and hold no connection while there is nothing to read (S6)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
T = TypeVar("T")


class ReadingPool(ThreadPoolExecutor):
    """A thread pool whose threads close their connections whenever no work waits.

    So that idle streams cost no handle, and a busy pool does not open a connection for each read.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        super().__init__(max_workers, thread_name_prefix=name)
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock:
            self._waiting += 1
        return super().submit(self._run, fn, args, kwargs)

    def _run(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        with self._lock:
            self._waiting -= 1
        try:
            return fn(*args, **kwargs)
        finally:
            if self._waiting == 0:
                connections.close_all()


BEGIN_SNAPSHOT = {
    "sqlite": "BEGIN DEFERRED",  # not Django's IMMEDIATE, which would wait for writers
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read in the block is of one moment. For a reading thread, which is in no transaction."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")
