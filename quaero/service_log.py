"""Quaero's own log records, kept in the service job, while a server runs."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

from jobs import levels
from jobs.background.flush import settle_async
from jobs.handlers import QuaeroHandler
from jobs.models import SERVICE_JOB_ID
from logstream.version import VERSION

logger = logging.getLogger(__name__)

REPEATED_AFTER_S = 60.0
LAST_WORDS_S = 0.5  # so long the end of the web process waits until they are stored: a signal ends it right after
# What these say of their work is no news of this installation; what goes wrong with them is.
LIBRARIES = ("asyncio", "django", "django_tasks", "django_tasks_db", "uvicorn")


class News(logging.Filter):
    """Lets through what is news, and can be recorded without bringing forth itself.

    An entry makes the live side look at the database. When that fails, it says so, which makes an entry: the
    same words of it are let through once in a minute. What Django says of each query is not let through at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        library = record.name.partition(".")[0]
        if record.name.startswith("django.db") or (library in LIBRARIES and record.levelno < logging.WARNING):
            return False
        if not record.name.startswith("logstream"):
            return True
        now, words = time.monotonic(), (record.name, record.msg)
        if now - self._said_at.get(words, -REPEATED_AFTER_S) < REPEATED_AFTER_S:
            return False
        self._said_at[words] = now
        return True


async def keep_service_log() -> None:
    """A duty of the server: keeps records at QUAERO_SERVICE_LOG_LEVEL and above until it is cancelled."""
    with service_log(service_log_level()):
        logger.info("The web process has started: Quaero %s, process %d", VERSION, os.getpid())
        try:
            await asyncio.Event().wait()
        finally:
            logger.info("The web process stops")
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await settle_async()


def service_log_level() -> int:
    return levels.parse(settings.ENVIRONMENT.service_log_level)


@contextmanager
def service_log(level: int) -> Iterator[None]:
    """Within, records go to the service job; those of a tracked job go there, as everywhere.

    Other handlers hear what they have heard before, although the loggers may say more.
    """
    handler = QuaeroHandler(level, job=SERVICE_JOB_ID)
    handler.addFilter(News())
    loggers = [logging.getLogger()]
    uvicorn = logging.getLogger("uvicorn")
    if not uvicorn.propagate:  # as when it was started by its own command
        loggers.append(uvicorn)
    before = [logger.level for logger in loggers]
    for logger in loggers:
        open_up(logger, level)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, level_before in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level_before)
        handler.close()


def open_up(logger: logging.Logger, level: int) -> None:
    """Lowers the logger to `level`, if it is above, and leaves its handlers at what came through until now."""
    for handler in logger.handlers:
        handler.setLevel(max(handler.level, logger.level))
    logger.setLevel(min(logger.level, level))
