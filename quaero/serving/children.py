"""Child processes that end with the server, however it ends (see `tether.py`)."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Iterable
from contextlib import suppress

from jobs.running.processes.caller import given

PIPE = "{pipe}"
"""Stands in a command for the descriptor of the pipe."""
PULSE = "{pulse}"
"""For that of another pipe, into which the child is to beat (see `watchdog.py`)."""


class Child:
    def __init__(self, process: Process, pipe: int, pulse: int | None) -> None:
        self.process = process
        self.pipe = pipe
        self.pulse = pulse
        """Where its beats can be read, until it has ended."""
        self.ended = asyncio.ensure_future(self.wait_and_tidy())

    async def wait_and_tidy(self) -> int:
        """Its exit code, when it has ended; below zero, the signal that ended it."""
        code = await self.process.wait()
        self.signal_group(signal.SIGKILL)  # what it started and left behind; it leads a group of its own
        os.close(self.pipe)
        if self.pulse is not None:
            os.close(self.pulse)
        return code

    def signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


async def start(*command: str, socket_fd: int | None = None, quiet: bool = False) -> Child:
    """Start a child that holds the reading end of a pipe, and the socket if one is given.

    It leads a process group: Ctrl-C in the terminal then comes to the server alone, which passes it on once,
    instead of to every process at once and to some of them twice.
    """
    tether, pulse = os.pipe(), os.pipe() if PULSE in command else None
    theirs = {PIPE: tether[0], **({PULSE: pulse[1]} if pulse else {})}
    try:
        process = await asyncio.create_subprocess_exec(
            *(str(theirs.get(argument, argument)) for argument in command),
            pass_fds=(*theirs.values(), *(() if socket_fd is None else (socket_fd,))),
            env={**given().environment, **ours()},
            stdin=DEVNULL,
            stdout=DEVNULL if quiet else None,
            process_group=0,
        )
    except BaseException:
        for descriptor in (tether[1], *(pulse[:1] if pulse else ())):
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs.values():
            os.close(descriptor)
    return Child(process, tether[1], pulse[0] if pulse else None)


def ours() -> dict[str, str]:
    """What the child has of this process, beside what the caller has given: not the `TZ` that Django has set, say."""
    named = os.environ.get("DJANGO_SETTINGS_MODULE")
    return {} if named is None else {"DJANGO_SETTINGS_MODULE": named}


async def stop(children: Iterable[Child], within_s: float) -> None:
    """End all `children`: SIGTERM now, SIGKILL for those that are still there after `within_s`."""
    running = [child for child in children if not child.ended.done()]
    for child in running:
        child.signal_group(signal.SIGTERM)
    if running:
        await asyncio.wait([child.ended for child in running], timeout=within_s)
    for child in running:
        if not child.ended.done():
            child.signal_group(signal.SIGKILL)
            await child.ended
