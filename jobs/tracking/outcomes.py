"""From the exception that ends a block to the status of its job or step."""

from __future__ import annotations

import asyncio
import traceback

from jobs import statuses
from jobs.terms.outcome import Outcome


class JobCancelled(Exception):
    """A user asked the job to end. `stop_if_cancelled` raises it; it ends the job as cancelled."""


CANCELS = (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, JobCancelled)


def outcome_of(exception: BaseException | None) -> Outcome:
    """The outcome of a block. One that ends without an exception, or by `sys.exit(0)`, has completed."""
    if exception is None:
        return Outcome(statuses.COMPLETED)
    if isinstance(exception, CANCELS):
        return Outcome(statuses.CANCELLED, error=summary(exception))
    if isinstance(exception, SystemExit):
        return outcome_of_exit(exception.code)
    return Outcome(statuses.FAILED, error=summary(exception))


def outcome_of_exit(code: object) -> Outcome:
    """The outcome of `sys.exit(code)`, as Python exits: None is 0, and a code that is no number is a message and 1."""
    if code is None or code == 0:
        return Outcome(statuses.COMPLETED, exit_code=0)
    if isinstance(code, int):
        return Outcome(statuses.FAILED, code, f"exit code {code}")
    return Outcome(statuses.FAILED, 1, str(code))


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
