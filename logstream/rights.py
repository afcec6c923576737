"""Streams end with the right to read them: a look every few seconds at what let their readers in."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from jobs.credentials import Grounds, refusals
from jobs.errors import ApiError, error_body
from logstream.events import event
from logstream.open_stream import OpenStream

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
CUT_AFTER_S = 3.0  # a reader that takes nothing does not get the reason


def refused(error: ApiError) -> bytes:
    """The event that says why a stream ends, with what a request would get now."""
    return event("refused", error_body(str(error), error.code, error.detail))


class Rights:
    def __init__(
        self, read: Callable[..., Coroutine[Any, Any, dict[Grounds, ApiError]]], streams: Iterable[OpenStream]
    ) -> None:
        """`read` calls a function in a reading thread; `streams` are those that are open, at any time."""
        self._read = read
        self._streams = streams
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Starts with the first stream, and then goes on: without streams it asks nothing."""
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
        """A few queries for all streams together; those whose readers have lost the right end."""
        held: dict[Grounds, list[OpenStream]] = defaultdict(list)
        for stream in tuple(self._streams):
            if stream.viewer.grounds is not None:
                held[stream.viewer.grounds].append(stream)
        if not held:
            return
        for grounds, error in (await self._read(refusals, held.keys())).items():
            for stream in held[grounds]:
                stream.end(refused(error), CUT_AFTER_S)
