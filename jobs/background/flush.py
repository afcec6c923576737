"""Waiting until what was logged is stored: only where that can neither stop an event loop nor never end."""

from __future__ import annotations

import asyncio

from django.db import connections

from jobs import conf
from jobs.background.queue import in_event_loop, queue


def settle() -> None:
    """Waits until everything that was logged is stored, where the caller may wait; else returns at once."""
    if not in_event_loop() and may_wait():
        wait()


async def settle_async() -> None:
    """`settle` for coroutines: the loop goes on meanwhile."""
    if may_wait():
        await asyncio.wait([asyncio.wrap_future(queue.flush())], timeout=timeout_s())


def wait() -> bool:
    """Waits for the writer, at most QUAERO_FLUSH_TIMEOUT_S. Whether everything is stored."""
    try:
        return queue.flush().result(timeout_s())
    except TimeoutError:
        return False


def may_wait() -> bool:
    """Not in a transaction: on SQLite it may hold the very lock that the writer needs. Not while the database
    fails either: each block would take 5 s longer."""
    return not queue.is_stuck and not any(
        connection.connection is not None and (connection.in_atomic_block or not connection.autocommit)
        for connection in connections.all(initialized_only=True)
    )


def timeout_s() -> float:
    return conf.flush_timeout_s()
