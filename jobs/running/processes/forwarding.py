"""Signals that come to this process while it runs a command, and are the command's."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def signals_forwarded_to(receive: Callable[[int], None]) -> Iterator[None]:
    """Passes SIGINT, SIGTERM and SIGHUP on; not those that we were started to ignore (nohup, `&` in a script)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        receive(number)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    passed = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in passed:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in passed.items():
            signal.signal(number, handler)
