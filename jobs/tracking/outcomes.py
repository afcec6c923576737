"""From the exception that ends a block to the status of its job or step."""

from __future__ import annotations

import asyncio
import traceback
from typing import NamedTuple

from jobs import statuses


class JobCancelled(Exception):
    """A user asked the job to end. `stop_if_cancelled` raises it; it ends the job as cancelled."""


CANCELS = (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, JobCancelled)


class BlockOutcome(NamedTuple):
    """How a block ends: a terminal status, the error in one line (empty: none), and the exit code of `sys.exit`."""

    status: str
    error: str = ""
    exit_code: int | None = None


def outcome_of(exception: BaseException | None) -> BlockOutcome:
    """The outcome of a block. One that ends without an exception, or by `sys.exit(0)`, has completed."""
    if exception is None:
        return BlockOutcome(statuses.COMPLETED)
    if isinstance(exception, CANCELS):
        return BlockOutcome(statuses.CANCELLED, summary(exception))
    if isinstance(exception, SystemExit):
        return outcome_of_exit(exception.code)
    return BlockOutcome(statuses.FAILED, summary(exception))


def outcome_of_exit(code: object) -> BlockOutcome:
    """The outcome of `sys.exit(code)`, as Python exits: None is 0, and a code that is no number is a message and 1."""
    if code is None or code == 0:
        return BlockOutcome(statuses.COMPLETED, exit_code=0)
    if isinstance(code, int):
        return BlockOutcome(statuses.FAILED, f"exit code {code}", code)
    return BlockOutcome(statuses.FAILED, str(code), 1)


def summary(exception: BaseException) -> str:
    """The last line of the exception's traceback: `ValueError: bad row`."""
    return traceback.format_exception_only(exception)[-1].strip()


def exception_fields(exception: BaseException, text: str) -> dict[str, object]:
    """Fields for an exception and its traceback `text`, with the names of OpenTelemetry's semantic conventions.

    https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
    """
    kind = type(exception)
    return {
        "exception.type": kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}",
        "exception.message": str_of(exception),
        "exception.stacktrace": text,
    }


def str_of(exception: BaseException) -> str:
    """`str(exception)`, also where that raises itself."""
    try:
        return str(exception)
    except Exception as error:
        return f"<cannot be shown, {type(error).__name__}>"


def traceback_of(exception: BaseException) -> str:
    return "".join(traceback.format_exception(exception)).rstrip("\n")
