"""The parent process of `manage.py serve`: starts and supervises the web process, the workers and the sample jobs.

The parent owns the listening socket and restarts the web process when it crashes; new connections wait in the socket's
queue meanwhile. It restarts workers too. Sample jobs run on the very first start. All child processes end with the
parent (see `children.py`, `tether.py`).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from quaero.serving import children
from quaero.serving.children import PIPE, PULSE, Child, python_module
from quaero.serving.listener import reachable
from quaero.serving.watchdog import BEAT_EVERY_S, DUMP_SIGNAL, Watchdog

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 1.8  # all processes have ended 2 s after Ctrl-C
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0  # a web process that lived this long did not crash at its start
STEADY_WORKER_AFTER_S = 3.0  # the same for a worker, which may be killed because of the job that it runs
STARTS_WITHOUT_SUCCESS = 3
DUMPS_WITHIN_S = 1.0
PROBE = b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

Command = Sequence[str]


class Server:
    """`welcome` is called once, when the web process has answered for the first time."""

    def __init__(
        self,
        listener: socket.socket,
        welcome: Callable[[], None],
        sample_jobs: Sequence[Command] = (),
        *,
        workers: int = 0,
    ) -> None:
        self.listener = listener
        self.welcome = welcome
        self.sample_jobs = sample_jobs
        self.workers = workers
        self.children: set[Child] = set()
        self.ready = asyncio.Event()

    async def run(self) -> int:
        """Serves until a signal to stop. Returns the exit code: 1 when the web process cannot be started."""
        stopping = stop_signals()
        given_up = asyncio.create_task(self.keep_web_running())
        opening = asyncio.create_task(self.open())
        working = [asyncio.create_task(self.keep_worker_running()) for _ in range(self.workers)]
        tasks = [given_up, opening, *working]
        ends: list[asyncio.Future[Any]] = [given_up, stopping]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done():
            logger.info("Quaero stops (%s)", stopping.result().name)
        # No new clients: they would wait in the queue of a socket that no process reads any more.
        self.listener.close()
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await children.stop(self.children, STOP_WITHIN_S)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return 0 if stopping.done() else 1

    async def keep_web_running(self) -> None:
        """Starts the web process, and again whenever it ends; gives up when it has never answered."""
        crashes = 0
        while True:
            started = time.monotonic()
            web = await self.start(*web_command(self.listener), socket_fd=self.listener.fileno())
            code = await end_of(web)
            crashes = 1 if time.monotonic() - started > STEADY_AFTER_S else crashes + 1
            if not self.ready.is_set() and crashes == STARTS_WITHOUT_SUCCESS:
                logger.error("The web process does not start (%s).", how_it_ended(code))
                return
            pause = pause_after(crashes)
            log_end("The web process", web, pause)
            await asyncio.sleep(pause)

    async def keep_worker_running(self) -> None:
        """Starts a worker when the web process answers, and again whenever it ends."""
        await self.ready.wait()
        crashes = 0
        while True:
            started = time.monotonic()
            worker = await self.start(*tethered("work", "--drain", "0", "--quiet"))
            await asyncio.shield(worker.ended)
            crashes = 1 if time.monotonic() - started > STEADY_WORKER_AFTER_S else crashes + 1
            pause = pause_after(crashes)
            log_end("A worker", worker, pause)
            await asyncio.sleep(pause)

    async def open(self) -> None:
        """Calls `welcome` when the first request has been answered, then starts the sample jobs."""
        await first_answer(self.listener)
        self.ready.set()
        self.welcome()
        for command in self.sample_jobs:
            await self.start(*tethered(*command), quiet=True)

    async def start(self, *command: str, socket_fd: int | None = None, quiet: bool = False) -> Child:
        child = await children.start(*command, socket_fd=socket_fd, quiet=quiet)
        self.children.add(child)
        child.ended.add_done_callback(lambda _: self.children.discard(child))
        return child


async def end_of(web: Child) -> int:
    """Waits until the web process has ended, and kills it when it hangs. Returns its exit code."""
    watching = asyncio.create_task(kill_when_it_hangs(web))
    try:
        return await asyncio.shield(web.ended)
    finally:
        watching.cancel()


async def kill_when_it_hangs(web: Child) -> None:
    """Waits until the web process hangs, lets it write its stacks, and kills it."""
    assert web.pulse is not None
    watchdog = Watchdog(web.pulse)
    while True:
        await asyncio.sleep(BEAT_EVERY_S)
        if web.ended.done():
            return
        if watchdog.hangs():
            break
    logger.error("The web process hangs, and is killed: it has done nothing for %.0f s.", watchdog.silent_s)
    web.process.send_signal(DUMP_SIGNAL)
    await asyncio.sleep(DUMPS_WITHIN_S)
    web.signal_group(signal.SIGKILL)


def tethered(*command: str) -> Command:
    """A management command that ends when this process does."""
    return (*python_module("quaero.serving.tether"), PIPE, *command)


def web_command(listener: socket.socket) -> Command:
    return (*python_module("quaero.serving.web_process"), str(listener.fileno()), PIPE, PULSE)


def stop_signals() -> asyncio.Future[signal.Signals]:
    """A future that is done at the first signal to stop. Later ones change nothing: all ends within 2 s anyway."""
    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[signal.Signals] = loop.create_future()

    def stop(number: signal.Signals) -> None:
        if not stopping.done():
            stopping.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            loop.add_signal_handler(number, stop, number)
    return stopping


async def first_answer(listener: socket.socket) -> None:
    """Waits until the web process answers a request. The socket accepts connections before that: it has a queue."""
    host, port = listener.getsockname()[:2]
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(reachable(host), port)
            writer.write(PROBE)
            line = await reader.readline()
            writer.close()
            if line.startswith(b"HTTP/"):
                return
        await asyncio.sleep(0.05)


def log_end(what: str, child: Child, pause_s: float) -> None:
    """Logs how a child ended, and when the next one starts."""
    how, pid = how_it_ended(child.ended.result()), child.process.pid
    logger.warning("%s has ended (%s). A new one starts in %g s. (It was process %d.)", what, how, pause_s, pid)


def pause_after(crashes: int) -> float:
    """Seconds before the next start: doubled with each crash, LONGEST_PAUSE_S at most."""
    return min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(crashes - 1, 10))


def how_it_ended(code: int) -> str:
    """An exit code, or the name of the signal, in words."""
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"
