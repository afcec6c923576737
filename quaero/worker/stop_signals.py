"""The signals that stop a worker. A thread handles them.

A signal's handler interrupts the main thread at any place, perhaps where it holds the lock of an event, of a starting
thread or of the log. A handler that takes such a lock would wait without end. So it only puts the signal's number into
a queue that is made for this.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from jobs.running.workers.session import WorkerSession

NUMBERS = (signal.SIGINT, signal.SIGTERM)
NO_MORE = 0


@contextmanager
def stopped_by_signals(session: WorkerSession, drain_s: float, on_stop: Callable[[], None]) -> Iterator[None]:
    """In the block, the first signal stops the session and calls `on_stop`. The session's job is ended `drain_s` later,
    or at once by a second signal.
    """
    numbers: SimpleQueue[int] = SimpleQueue()

    def pass_on(number: int, frame: FrameType | None) -> None:
        numbers.put(number)

    thread = threading.Thread(target=handle, args=(numbers, session, drain_s, on_stop), name="signals", daemon=True)
    thread.start()
    before = {number: signal.signal(number, pass_on) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        numbers.put(NO_MORE)


def handle(numbers: SimpleQueue[int], session: WorkerSession, drain_s: float, on_stop: Callable[[], None]) -> None:
    """Waits for the first signal, stops the session, and ends its job after `drain_s` or a second signal."""
    if numbers.get() == NO_MORE:
        return
    session.stop()
    on_stop()
    if drain_s > 0:
        # Not here: the database may let it wait, and the next signal must not.
        threading.Thread(target=session.publish_stopping, name="publish-stopping", daemon=True).start()
        with suppress(Empty):
            numbers.get(timeout=drain_s)
    session.end_job()
