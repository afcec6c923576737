"""Ends streams whose readers have lost the right to read: a check every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from jobs.credentials import Grounds, refusals
from jobs.errors import Refusal
from jobs.web.refusals import body_of
from logstream.events import event
from logstream.open_stream import OpenStream

logger = logging.getLogger(f"quaero.{__name__}")

LOOK_EVERY_S = 3.0
CUT_AFTER_S = 3.0  # a reader that takes no bytes in this time does not get the reason


def refused(error: Refusal) -> bytes:
    """The event that ends a stream, with the reason that the API would give for a request now."""
    return event("refused", body_of(error))


class Rights:
    """Checks the rights of all open streams' readers."""

    def __init__(
        self, read: Callable[..., Coroutine[Any, Any, dict[Grounds, Refusal]]], streams: Iterable[OpenStream]
    ) -> None:
        """`read` calls a function in a reading thread; `streams` always holds the open streams."""
        self._read = read
        self._streams = streams
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Starts the checks, with the first stream. They go on until `end`; without streams they read nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def end(self) -> None:
        if self._task is not None and not self._task.get_loop().is_closed():
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:  # nor can anything be read meanwhile
                logger.warning("could not check which readers still have the right: %s", error)

    async def look(self) -> None:
        """Ends the streams whose readers have lost the right. A few queries for all streams together."""
        held: dict[Grounds, list[OpenStream]] = defaultdict(list)
        for stream in tuple(self._streams):
            if stream.viewer.grounds is not None:
                held[stream.viewer.grounds].append(stream)
        if not held:
            return
        for grounds, error in (await self._read(refusals, held.keys())).items():
            for stream in held[grounds]:
                stream.end(refused(error), CUT_AFTER_S)
