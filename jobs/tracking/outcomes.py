"""What the exception that ends a block makes of its job or step."""

from __future__ import annotations

import asyncio
import traceback

from jobs import statuses
from jobs.outcome import Outcome


class JobCancelled(Exception):
    """The job was asked to end. Raised by `stop_if_cancelled`; it ends the job as cancelled."""


CANCELS = (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, JobCancelled)


def outcome_of(exception: BaseException | None) -> Outcome:
    """A block that ends without an exception, or by `sys.exit(0)`, has completed."""
    if exception is None:
        return Outcome(statuses.COMPLETED)
    if isinstance(exception, CANCELS):
        return Outcome(statuses.CANCELLED, error=summary(exception))
    if isinstance(exception, SystemExit):
        return outcome_of_exit(exception.code)
    return Outcome(statuses.FAILED, error=summary(exception))


def outcome_of_exit(code: object) -> Outcome:
    """As the system will see it: nothing is 0, and what is no number is a message and 1."""
    if code is None or code == 0:
        return Outcome(statuses.COMPLETED, exit_code=0)
    if isinstance(code, int):
        return Outcome(statuses.FAILED, code, f"exit code {code}")
    return Outcome(statuses.FAILED, 1, str(code))


def summary(exception: BaseException) -> str:
    """`ValueError: bad row`, as the last line of a traceback."""
    return traceback.format_exception_only(exception)[-1].strip()


def exception_fields(exception: BaseException, text: str) -> dict[str, object]:
    """An exception and its traceback by the names that OpenTelemetry gives them."""
    kind = type(exception)
    return {
        "exception.type": kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}",
        "exception.message": str_of(exception),
        "exception.stacktrace": text,
    }


def str_of(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception as error:
        return f"<cannot be shown, {type(error).__name__}>"


def traceback_of(exception: BaseException) -> str:
    return "".join(traceback.format_exception(exception)).rstrip("\n")
