"""The signals that stop a worker, answered in a thread.

A signal's handler interrupts the main thread wherever it is, perhaps where it holds the lock of an event, of a
thread that starts, of the log: a handler that takes one of these waits for ever. So it does nothing but pass on
the signal's number, by a queue that is made for that.
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
    """Within, the first signal stops the session and calls `on_stop`; its job is ended `drain_s` later, or by a
    second signal at once.
    """
    came: SimpleQueue[int] = SimpleQueue()

    def pass_on(number: int, frame: FrameType | None) -> None:
        came.put(number)

    answering = threading.Thread(target=answer, args=(came, session, drain_s, on_stop), name="signals", daemon=True)
    answering.start()
    before = {number: signal.signal(number, pass_on) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        came.put(NO_MORE)


def answer(came: SimpleQueue[int], session: WorkerSession, drain_s: float, on_stop: Callable[[], None]) -> None:
    if came.get() == NO_MORE:
        return
    session.stop()
    on_stop()
    if drain_s > 0:
        # Not here: the database may let it wait, and the next signal must not.
        threading.Thread(target=session.publish_stopping, name="publish-stopping", daemon=True).start()
        with suppress(Empty):
            came.get(timeout=drain_s)
    session.end_job()
