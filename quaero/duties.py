"""What the server does besides serving: small jobs at fixed intervals, in the web process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from django.db import Error, connections

from jobs import refused_requests, token_uses
from jobs.background import leftovers
from jobs.lifecycle import HEARTBEAT_S
from jobs.retention import pruning_by_setting
from jobs.running.workers.lookout import Lookout
from jobs.running.workers.outages import DatabaseWatch
from quaero.sqlite3.wal import shorten_wal

logger = logging.getLogger(__name__)

DAY_S = 24 * 60 * 60

Duty = Callable[[], Awaitable[None]]
"""A coroutine function that runs until it is cancelled."""


def every(seconds: float, work: Callable[[], object]) -> Duty:
    """A duty that calls `work` now and then every so many seconds, in a thread; a failure ends nothing."""

    async def duty() -> None:
        with own_thread() as call:
            while True:
                await call(run_once, work)
                await asyncio.sleep(seconds)

    return duty


def every_in_steps(seconds: float, begin: Callable[[], Iterator[object]]) -> Duty:
    """As `every`, of work that comes step by step: a server that stops waits for one step, not for them all."""

    async def duty() -> None:
        with own_thread() as call:
            while True:
                steps = begin()
                while await call(run_once, partial(next, steps, None), begin.__name__):
                    pass
                await asyncio.sleep(seconds)

    return duty


@contextmanager
def own_thread() -> Iterator[Callable[..., Awaitable[object]]]:
    """A thread for one duty, which none of the others waits for; the process has as many threads busy as idle."""
    thread, loop = ThreadPoolExecutor(1, "quaero-duty"), asyncio.get_running_loop()
    try:
        yield partial(loop.run_in_executor, thread)
    finally:
        thread.shutdown(wait=False, cancel_futures=True)


def run_once(work: Callable[[], object], name: str = "") -> object:
    """Call `work` and close what it opened: the thread may not be used again for a long time.

    What it returns; None also after a failure.
    """
    try:
        return work()
    except Error as error:
        logger.warning("%s is put off, as the database fails: %s", name or getattr(work, "__name__", work), error)
        return None
    except Exception:
        logger.exception("%s failed; it will be tried again", name or getattr(work, "__name__", work))
        return None
    finally:
        connections.close_all()


# A job without a heartbeat for its lease of 20 s is failed at most 5 s after that (D8).
_watch = DatabaseWatch("The web process")
DUTIES: tuple[Duty, ...] = (
    every(HEARTBEAT_S, _watch.watched(Lookout().look)),
    every(HEARTBEAT_S, _watch.watched(leftovers.deliver)),
    every(5, refused_requests.log_what_is_due),
    every(5, token_uses.store),
    every(10, shorten_wal),
    every_in_steps(DAY_S, pruning_by_setting),
)
