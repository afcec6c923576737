"""Shared by the tests of tracking and of the handler: a logger, a lock on the database, waiting."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from jobs.background.queue import queue
from jobs.models import Job

DEADLINE_S = 20.0


@contextmanager
def logger_to(handler: logging.Handler) -> Iterator[logging.Logger]:
    logger = logging.getLogger("shop.orders")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        logger.removeHandler(handler)
        handler.close()


@contextmanager
def locked_database() -> Iterator[None]:
    """Another connection holds the write lock in the block."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def settled() -> None:
    """Waits until everything logged so far is stored."""
    until(lambda: queue.flush().result(DEADLINE_S))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def stored(name: str) -> Job:
    return Job.objects.get(name=name)
