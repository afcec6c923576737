"""The server's duties: small tasks at fixed intervals, in the web process."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

from django.db import Error, connections

from jobs import refused_requests, token_uses
from jobs.background import leftovers
from jobs.lifecycle import HEARTBEAT_S
from jobs.retention import prune_by_setting
from jobs.running.workers.lookout import Lookout
from jobs.running.workers.outages import DatabaseWatch
from quaero.sqlite3.wal import shorten_wal

logger = logging.getLogger(__name__)

DAY_S = 24 * 60 * 60

Duty = Callable[[], Awaitable[None]]
"""A coroutine function that runs until it is cancelled."""


def every(seconds: float, work: Callable[[], object]) -> Duty:
    """A duty that calls `work` at once and then again after `seconds`, in a thread. A failure does not end it."""

    async def duty() -> None:
        with own_thread() as call:
            while True:
                await call(run_once, work)
                await asyncio.sleep(seconds)

    return duty


def every_in_steps(seconds: float, begin: Callable[[], Iterator[object]]) -> Duty:
    """As `every`, for work in steps: a server that stops waits for one step, not for all of them."""

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
    """A thread for one duty, so that no duty waits for another. A busy process has as many threads as an idle one."""
    thread, loop = ThreadPoolExecutor(1, "quaero-duty"), asyncio.get_running_loop()
    try:
        yield partial(loop.run_in_executor, thread)
    finally:
        thread.shutdown(wait=False, cancel_futures=True)


def run_once(work: Callable[[], object], name: str = "") -> object:
    """Calls `work`, then closes its connections: the thread may not be used again for a long time.

    Returns the result of `work`; after a failure it logs that and returns None.
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


@contextmanager
def beside(duties: Iterable[Duty]) -> Iterator[None]:
    """Within, the duties are done in a thread of their own, by a process that has no event loop itself."""
    loop = asyncio.new_event_loop()
    all_of_them = loop.create_task(done_together(duties))
    thread = threading.Thread(target=run_until_cancelled, args=[loop, all_of_them], name="quaero-duties", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(all_of_them.cancel)
        thread.join()
        loop.close()


async def done_together(duties: Iterable[Duty]) -> None:
    await asyncio.gather(*(duty() for duty in duties))


def run_until_cancelled(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)


# A job without a heartbeat for its lease of 20 s is failed at most 5 s after that (D8).
_watch = DatabaseWatch("The web process")
DUTIES: tuple[Duty, ...] = (
    every(HEARTBEAT_S, _watch.watched(Lookout().look)),
    every(HEARTBEAT_S, _watch.watched(leftovers.deliver)),
    every(5, refused_requests.log_due),
    every(5, token_uses.store),
    every(10, shorten_wal),
    every_in_steps(DAY_S, prune_by_setting),
)

_workers_watch = DatabaseWatch("The worker")
DUTIES_OF_WORKER: tuple[Duty, ...] = (
    every(5, _workers_watch.watched(Lookout().look)),
    every(5, _workers_watch.watched(leftovers.deliver)),
    every_in_steps(DAY_S, prune_by_setting),
)
"""In another project, where no web process of ours has any. Several workers may have them."""
