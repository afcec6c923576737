"""Waiting for a wake-up from any process, but never longer than the reconciliation interval (S10)."""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from typing import Self

from logstream.wakeups.base import Wakeups
from logstream.watch import RECONCILE_INTERVAL_S

GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


class WakeupReceiver:
    """Receives wake-ups in its `with` block; those that come between two waits are not lost.

    `output` is a descriptor whose reader may leave: while a log is quiet, no write would notice it.
    """

    def __init__(self, wakeups: Wakeups, output: int | None = None) -> None:
        self._wakeups = wakeups
        self._output = output
        self._receiver, self._sender = socket.socketpair()
        self._poll = select.poll()

    def __enter__(self) -> Self:
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        self._poll.register(self._receiver, select.POLLIN)
        if self._output is not None:
            self._poll.register(self._output, 0)  # poll reports errors without being asked
        self._wakeups.start(self._wake)
        return self

    def __exit__(self, *error: object) -> None:
        self._wakeups.stop()
        self._sender.close()
        self._receiver.close()

    def _wake(self) -> None:
        """Called in the wake-ups' thread. A full buffer means that a wake-up is waiting already."""
        with suppress(OSError):
            self._sender.send(b"\0")

    def wait(self, longest_s: float = RECONCILE_INTERVAL_S) -> bool:
        """Whether a wake-up came within `longest_s`. Raises BrokenPipeError when the output's reader has left."""
        for descriptor, event in self._poll.poll(longest_s * 1000):
            if descriptor == self._output and event & GONE:
                raise BrokenPipeError
        try:
            return bool(self._receiver.recv(65536))  # all at once: many wake-ups are one
        except BlockingIOError:
            return False
