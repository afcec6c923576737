"""Stores Quaero's own log records in the service job while a server runs."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from jobs import conf, levels
from jobs.background.flush import settle_async
from jobs.handlers import QuaeroHandler
from jobs.models import SERVICE_JOB_ID
from logstream.version import VERSION

logger = logging.getLogger(__name__)

REPEATED_AFTER_S = 60.0
LAST_WORDS_S = 0.5  # how long the web process waits at its end until they are stored: a signal ends it right after
# Libraries whose records are stored from WARNING on: those below are about their normal work.
LIBRARIES = ("asyncio", "django", "django_tasks", "django_tasks_db", "uvicorn")


class ServiceLogFilter(logging.Filter):
    """Lets through records that matter to operators and do not cause themselves again.

    An entry makes the live side look at the database. When that fails, the live side logs it, which makes an entry: so
    each message of it is let through once a minute. Django's records of queries are never let through.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed_at: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        library = record.name.partition(".")[0]
        if record.name.startswith("django.db") or (library in LIBRARIES and record.levelno < logging.WARNING):
            return False
        if not record.name.startswith("quaero.logstream"):
            return True
        now, message = time.monotonic(), (record.name, record.msg)
        if now - self._passed_at.get(message, -REPEATED_AFTER_S) < REPEATED_AFTER_S:
            return False
        self._passed_at[message] = now
        return True


async def keep_service_log() -> None:
    """A duty of the server: stores records at QUAERO_SERVICE_LOG_LEVEL and above until it is cancelled."""
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
    return levels.parse(conf.service_log_level())


@contextmanager
def service_log(level: int) -> Iterator[None]:
    """In the block, records go to the service job, but those of a tracked job go to that job.

    Other handlers get the same records as before, although the loggers pass more.
    """
    handler = QuaeroHandler(level, job=SERVICE_JOB_ID)
    handler.addFilter(ServiceLogFilter())
    loggers = [logging.getLogger()]
    uvicorn = logging.getLogger("uvicorn")
    if not uvicorn.propagate:  # when uvicorn was started by its own command
        loggers.append(uvicorn)
    before = [logger.level for logger in loggers]
    for logger in loggers:
        lower_level(logger, level)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, level_before in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level_before)
        handler.close()


def lower_level(logger: logging.Logger, level: int) -> None:
    """Lowers the logger to `level`, if it is above, and keeps its handlers at the level that they had in effect."""
    for handler in logger.handlers:
        handler.setLevel(max(handler.level, logger.level))
    logger.setLevel(min(logger.level, level))
