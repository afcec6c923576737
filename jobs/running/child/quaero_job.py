"""Reports to Quaero what this program does: its steps, how far it is, what comes out, and which jobs it starts.

import quaero_job

quaero_job.step("Load")
quaero_job.progress(45)
quaero_job.result({"rows": 1200})
"""

from __future__ import annotations

import json
import os
import uuid
from datetime import timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from jobs.running.child import quaero_failures, quaero_output, quaero_reports
else:
    import quaero_failures
    import quaero_output
    import quaero_reports

__all__ = ["job_id", "log", "parameters", "progress", "result", "spawn", "step"]

# As Quaero has them, which is not imported here.
JOB_ID_VARIABLE = "QUAERO_JOB_ID"
PARAMETERS_VARIABLE = "QUAERO_PARAMETERS"
LANGUAGES = ("python", "shell")
LEVEL_NUMBERS = (10, 20, 30, 40, 50)
LEVEL_NAMES = ("debug", "info", "warn", "error", "fatal")
# What else a level may be called, as everywhere in Quaero.
LEVELS = frozenset(
    (
        *(*LEVEL_NAMES, "trace", "verbose", "fine", "finer", "finest", "dbg", "trc", "vrb"),
        *("notice", "information", "informational", "log", "config", "inf", "ok", "success", "warning", "wrn"),
        *("err", "severe", "failure", "fail", "critical", "crit", "alert", "emerg", "emergency", "panic", "dpanic"),
        *("ftl", "v", "d", "t", "i", "n", "w", "e", "f", "c", "a", "s"),
    )
)


class step:
    """`step("Load")`: everything from now on belongs to this step, until the next; the one before it ends.

    `with step("Load"):` ends with its block, as failed where an exception leaves it. Blocks may be nested.
    """

    def __init__(self, name: str) -> None:
        """Raises ValueError for a blank name."""
        self.name = str(name)
        if not self.name.strip():
            raise ValueError("a step needs a name")
        self._is_block = False
        with quaero_output.lock:
            if _open_steps and not _open_steps[-1]._is_block:
                _open_steps[-1]._close()
            self._open()

    def __enter__(self) -> step:
        with quaero_output.lock:
            if self not in _open_steps:
                self._open()
            self._is_block = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            quaero_failures.report_exception(error, is_passing=True)
        elif isinstance(error, GeneratorExit) or (isinstance(error, SystemExit) and not error.code):
            error = None
        with quaero_output.lock:
            while self in _open_steps:
                _open_steps[-1]._close(error)

    def _open(self) -> None:
        _open_steps.append(self)
        quaero_reports.report("group", self.name)

    def _close(self, error: BaseException | None = None) -> None:
        _open_steps.pop()
        if error is None:
            quaero_reports.report("endgroup")
        else:
            quaero_reports.report("endgroup", quaero_failures.summary(error), "status=failed")


_open_steps: list[step] = []


def progress(percent: float) -> None:
    """How far the job is, 0 to 100. Raises ValueError outside of that."""
    if isinstance(percent, bool) or not 0 <= float(percent) <= 100:
        raise ValueError(f"progress is {percent!r}: it must be from 0 to 100")
    quaero_reports.report("progress", f"{float(percent):g}")


def result(value: object) -> None:
    """What the job has come to; the last one counts.

    What JSON does not know becomes what is nearest: times, UUIDs and the like text, sets and tuples lists, data
    classes and named tuples objects, NaN "NaN". Raises ValueError for more than 1,000,000 bytes of JSON, for what
    contains itself and for what is nested deeper than 40 levels.
    """
    quaero_reports.report_result(value)


def log(level: str | int, text: object, /, **fields: object) -> None:
    """Writes an entry. `level` is debug, info, warn, error, fatal, another usual name of these, or Python's number.

    Raises ValueError for any other level; but whatever the fields are, they become JSON.
    """
    quaero_reports.report_entry(_level_name(level), str(text), fields)


def spawn(
    program: str | None = None,
    *,
    runnable: str | None = None,
    language: str = "python",
    name: str | None = None,
    timeout: float | timedelta | None = None,
    parameters: Mapping[str, object] | None = None,
    secrets: Iterable[str] | None = None,
    attributes: Mapping[str, object] | None = None,
) -> str:
    """Starts another job as a child of this one, and returns its id. It does not wait for it.

    Give either the text of a `program` or the name of a `runnable`. `timeout` in seconds; `secrets` names those of
    the `parameters` that are not to be seen. Raises ValueError for what can be seen here to be wrong; what Quaero
    refuses later is an error in this job's log.
    """
    if (program is None) == (runnable is None):
        raise ValueError("give either a program or a runnable")
    if program is not None and language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: use one of {', '.join(LANGUAGES)}")
    asked = {
        "id": str(uuid.uuid4()),
        **({"runnable": runnable} if program is None else {"program": program, "language": language}),
        "name": name,
        "timeout": _seconds(timeout),
        "parameters": None if parameters is None else dict(parameters),
        "secrets": None if secrets is None else _names_of(secrets, parameters or {}),
        "attributes": None if attributes is None else dict(attributes),
    }
    wanted = {key: value for key, value in asked.items() if value is not None}
    quaero_reports.report_json("spawn", wanted, "what is to be started")
    return str(asked["id"])


def _level_name(level: str | int) -> str:
    if isinstance(level, str) and level.strip().lower() in LEVELS:
        return level.strip().lower()
    if isinstance(level, int) and not isinstance(level, bool) and level in LEVEL_NUMBERS:
        return LEVEL_NAMES[LEVEL_NUMBERS.index(level)]
    raise ValueError(f"unknown level {level!r}: use one of {', '.join(LEVEL_NAMES)}")


def _seconds(timeout: float | timedelta | None) -> float | None:
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if seconds is not None and (isinstance(seconds, bool) or not 0 < seconds < float("inf")):
        raise ValueError(f"timeout is {timeout!r}: it must be a number of seconds, more than 0")
    return seconds


def _names_of(secrets: Iterable[str], parameters: Mapping[str, object]) -> list[str]:
    names = [secrets] if isinstance(secrets, str) else list(secrets)
    unknown = sorted(str(name) for name in names if name not in parameters)
    if unknown:
        raise ValueError(f"secrets has {', '.join(unknown)}, which is the name of no parameter")
    return names


def _parameters() -> dict[str, object]:
    try:
        given = json.loads(os.environ.get(PARAMETERS_VARIABLE) or "{}")
    except ValueError as error:
        raise ValueError(f"{PARAMETERS_VARIABLE} is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise ValueError(f"{PARAMETERS_VARIABLE} is no JSON object")
    return given


parameters: dict[str, object] = _parameters()
"""What the job was given, by name; empty if it was given nothing."""

job_id: str | None = os.environ.get(JOB_ID_VARIABLE) or None
"""The job's id; None outside of any."""

if __name__ == "quaero_job":  # not where a registered job's code is only imported, in any process of Quaero
    quaero_output.watch()
