"""Ctrl-C that ends the process at once, whatever it is doing.

A KeyboardInterrupt waits until the interpreter runs again, which it does not during a search through ten million lines
or while SQLite waits for a lock. `tail` needs no cleanup, so a thread may end the process.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERRUPTED = 128 + signal.SIGINT


@contextmanager
def exit_on_interrupt(last_words: Callable[[], object]) -> Iterator[None]:
    """In the block SIGINT calls `last_words` and ends the process with 130. A SIGINT that is ignored stays ignored."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    threading.Thread(target=await_interrupt, args=[reading, last_words], name="interrupt", daemon=True).start()
    # Python's C code writes the number of each signal here at once.
    descriptor_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    handler_before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler_before)
        signal.set_wakeup_fd(descriptor_before)
        os.close(writing)


def await_interrupt(reading: int, last_words: Callable[[], object]) -> None:
    """Reads numbers of signals from the pipe, and ends the process at SIGINT."""
    with os.fdopen(reading, "rb", buffering=0) as numbers:
        while number := numbers.read(1):
            if number[0] == signal.SIGINT:
                try:
                    last_words()
                finally:
                    os._exit(INTERRUPTED)
