"""Child processes that end with the server, however it ends (see `tether.py`)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Iterable
from contextlib import suppress

from jobs.running.processes.caller import given

PIPE = "{pipe}"
"""Stands for the descriptor of the pipe in a command."""
PULSE = "{pulse}"
"""Stands for the descriptor of a second pipe, into which the child beats (see `watchdog.py`)."""


class Child:
    """A child process that was started with the pipe."""

    def __init__(self, process: Process, pipe: int, pulse: int | None) -> None:
        self.process = process
        self.pipe = pipe
        self.pulse = pulse
        """The descriptor for reading its beats, until it has ended."""
        self.ended = asyncio.ensure_future(self.wait_and_tidy())

    async def wait_and_tidy(self) -> int:
        """Waits until it has ended. Returns its exit code; below zero, the number of the signal that ended it."""
        code = await self.process.wait()
        self.signal_group(signal.SIGKILL)  # processes that it started and left behind are in its group
        os.close(self.pipe)
        if self.pulse is not None:
            os.close(self.pulse)
        return code

    def signal_group(self, number: signal.Signals) -> None:
        """Sends a signal to the child and its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


async def start(*command: str, socket_fd: int | None = None, quiet: bool = False) -> Child:
    """Starts a child that holds the reading end of a pipe, and the socket if one is given.

    It leads a process group, so that Ctrl-C in the terminal reaches only the server, which passes it on once. Otherwise
    every process would get it, and some of them twice.
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
    """Variables that the child gets from this process beside the caller's. Django's `TZ` is none of them."""
    named = os.environ.get("DJANGO_SETTINGS_MODULE")
    return {} if named is None else {"DJANGO_SETTINGS_MODULE": named}


def python_module(name: str) -> tuple[str, ...]:
    """A command that runs a module of ours, found where this process finds its own: what lies in the working directory,
    a `logging.py` or `jobs.py` of a project say, is no module of the child's if it is none of ours.
    """
    return (sys.executable, *(() if looks_in_working_directory() else ("-P",)), "-m", name)


def looks_in_working_directory() -> bool:
    try:
        here = os.getcwd()
    except OSError:  # it was deleted
        return False
    return any(os.path.abspath(entry) == here for entry in sys.path)


async def stop(children: Iterable[Child], within_s: float) -> None:
    """Ends all `children`: SIGTERM at once, SIGKILL for those that still run after `within_s`."""
    running = [child for child in children if not child.ended.done()]
    for child in running:
        child.signal_group(signal.SIGTERM)
    if running:
        await asyncio.wait([child.ended for child in running], timeout=within_s)
    for child in running:
        if not child.ended.done():
            child.signal_group(signal.SIGKILL)
            await child.ended
