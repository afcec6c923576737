"""Ending the streams when a signal stops the process (promise S9).

Servers wait for open connections before they ask the application to shut down, so the application listens to
the signals itself, in front of the server's own handlers.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from jobs.api import waiting
from logstream.live import Live
from logstream.open_stream import connection
from logstream.outlet import sending
from logstream.send_buffer import bound_unsent

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SLOW_CLIENTS_END_AFTER_S = 1.0  # all streams end within 2 s of the signal (S9)


def call_on_signals(begin_closing: Callable[[], object]) -> Callable[[], None]:
    """Calls `begin_closing` when a signal to stop arrives, then whatever handled it before.

    Returns a function that puts things back. Signals come to the main thread alone: in another, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in SIGNALS}

    def handle(number: int, frame: FrameType | None) -> None:
        begin_closing()
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)

    for number in SIGNALS:
        if callable(before[number]):  # one that is ignored stays ignored; without a server nothing is chained
            signal.signal(number, handle)

    def restore() -> None:
        for number, previous in before.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, previous)

    return restore


def end_with_process(here: Live, connections: Connections | None = None) -> None:
    """Has the streams of `here` end when the process gets a signal to stop, then its `connections`. Once is enough."""
    if here.stop_listening is not None:
        return

    def begin_closing() -> None:
        waiting.stopping.set()
        here.begin_closing()
        if connections is not None:
            here.loop.call_later(SLOW_CLIENTS_END_AFTER_S, connections.abort, connections.open())

    def on_signal() -> None:
        if not here.loop.is_closed():
            here.loop.call_soon_threadsafe(begin_closing)

    here.stop_listening = call_on_signals(on_signal)


class Connections:
    """The connections of open streams, as far as the server lets us see them (uvicorn does).

    A server flushes what it has written before it closes a connection; a client that reads nothing would keep
    it waiting for ever.
    """

    def __init__(self) -> None:
        self._transports: set[asyncio.Transport] = set()

    @contextmanager
    def held(self, send: Callable[..., Any]) -> Iterator[None]:
        """Knows the connection behind `send` while the block runs."""
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is None:
            yield
            return
        bound_unsent(transport)
        self._transports.add(transport)
        tokens = connection.set(transport), sending.set(send)
        try:
            yield
        finally:
            connection.reset(tokens[0])
            sending.reset(tokens[1])
            self._transports.discard(transport)

    def open(self) -> frozenset[asyncio.Transport]:
        return frozenset(self._transports)

    def abort(self, earlier: frozenset[asyncio.Transport]) -> None:
        """Breaks off those that are open, and those that were `earlier`: a server that itself notifies a stream of its
        end (uvicorn 0.43 to 0.45) has its connection still to flush when the stream has ended.
        """
        for transport in earlier | self._transports:
            transport.abort()
