"""The process of a registered job: `python -m jobs.running.run_registered NAME`; its parameters are in the environment.

It says what it does to its worker by its output alone, as programs do, log records included.
"""

from __future__ import annotations

import logging
import sys

import django
from django.core.management.base import CommandError

django.setup()

# What is imported here has models in it, and those exist only now.
from jobs import levels  # noqa: E402
from jobs.runnables import registry, runnable  # noqa: E402
from jobs.runnables.commands import offers  # noqa: E402
from jobs.running.child import (  # noqa: E402
    quaero_failures,
    quaero_job,
    quaero_output,
    quaero_reports,
    run_program,
)
from jobs.tracking.records import level_of, with_details  # noqa: E402


def main(name: str) -> int:
    """The exit code."""
    quaero_output.take_over()
    quaero_failures.hook_exceptions()
    quaero_failures.hide_frames_of(__file__, runnable.__file__, offers.__file__, "<frozen runpy>")
    sys.modules["quaero_job"] = quaero_job  # by whichever name the code imports it, it is one
    report_log_records()
    return run_program.exit_code_of(lambda: run(name))


def run(name: str) -> None:
    """What the function returns is the job's result, if it returns anything."""
    try:
        value = registry.find(name).call(quaero_job.parameters)
    except SystemExit as end:
        report_command_error(end.__context__)
        raise
    if value is not None:
        quaero_reports.has_result = False
        run_program.report_value(value)


def report_command_error(error: BaseException | None) -> None:
    """A management command ends with an exit code where it has raised a CommandError: that is why it fails."""
    if isinstance(error, CommandError):
        quaero_reports.report("failure", str(error)[: quaero_failures.MAX_FAILURE_CHARACTERS])


class Reports(logging.Handler):
    """Makes an entry of each record, with its level, source and `extra=`."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message, fields = with_details(record.getMessage(), record, is_formatted=False)
        except Exception:  # of arguments that do not fit the message
            self.handleError(record)
            return
        level = levels.NAMES[level_of(record.levelno)]
        quaero_reports.report_entry(level, message, dict(fields or {}), source=record.name)


def report_log_records() -> None:
    """In place of the handlers that the settings have for every process, which would say it once more."""
    root = logging.getLogger()
    root.handlers[:] = [Reports()]
    root.setLevel(min(root.level, logging.INFO))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
