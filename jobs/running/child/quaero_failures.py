"""What an exception becomes: one entry with the whole traceback, and the line that says why the program fails."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from jobs.running.child import quaero_reports
else:
    import quaero_reports

MAX_FAILURE_CHARACTERS = 8_000  # all of it is in the entry
REPORTED = "_quaero_reported"  # on an exception that has its entry

_HERE = os.path.dirname(os.path.abspath(__file__))
_hidden: set[str] = set()


def hide_frames_of(*files: str) -> None:
    """Leaves these files out of tracebacks: they only lead to the code that failed."""
    _hidden.update(files)


def report_exception(error: BaseException, *, heading: str = "", is_passing: bool = False) -> None:
    """Writes the entry of `error`, once. `is_passing`: it is not caught yet, so its traceback goes on outward."""
    if getattr(error, REPORTED, False):
        return
    with contextlib.suppress(Exception):
        setattr(error, REPORTED, True)
    text = traceback_of(error, is_passing)
    fields: dict[str, object] = {
        "exception.type": type_name(error),
        "exception.message": message_of(error),
        "exception.stacktrace": text,
    }
    quaero_reports.report_entry("error", heading + text, fields, "stderr")


def report_failure(error: BaseException) -> None:
    """Says that it is `error` by which the program fails."""
    quaero_reports.report("failure", summary(error))


def summary(error: BaseException) -> str:
    """`ValueError: bad row`, of a length that an error may have."""
    message = message_of(error)
    return (f"{type_name(error)}: {message}" if message else type_name(error))[:MAX_FAILURE_CHARACTERS]


def hook_exceptions() -> None:
    """Has uncaught exceptions become entries, of threads too. A program may set hooks of its own upon these."""
    sys.excepthook = _on_exception
    threading.excepthook = _on_thread_exception


def traceback_of(error: BaseException, is_passing: bool = False) -> str:
    """As Python prints it when it has come all the way up, without the frames of this directory."""
    shown = traceback.TracebackException.from_exception(error)
    outside = error.__traceback__.tb_frame.f_back if is_passing and error.__traceback__ else None
    if outside is not None:
        shown.stack[:0] = traceback.extract_stack(outside)
    _leave_out_ours(shown, set())
    return "".join(shown.format()).rstrip("\n")


def type_name(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )


def message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as problem:
        return f"<cannot be shown, {type(problem).__name__}>"


def _leave_out_ours(shown: traceback.TracebackException, seen: set[int]) -> None:
    if id(shown) in seen:
        return
    seen.add(id(shown))
    if shown.stack:
        shown.stack[:] = [frame for frame in shown.stack if not _is_ours(frame.filename)]
    if not shown.stack:  # A syntax error has none but ours; then no "Traceback" is above nothing.
        shown.stack = None  # type: ignore[assignment]
    for inner in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if inner is not None:
            _leave_out_ours(inner, seen)


def _is_ours(filename: str) -> bool:
    return os.path.dirname(filename) == _HERE or filename in _hidden


def _on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    report_exception(error)


def _on_thread_exception(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        name = failed.thread.name if failed.thread is not None else "without a name"
        report_exception(failed.exc_value, heading=f"Exception in thread {name}:\n")
