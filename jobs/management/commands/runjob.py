"""`manage.py runjob -- COMMAND ARG...` runs any command as a job and exits with the command's code."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.core.validators import validate_slug

from jobs import lifecycle
from jobs.models import SERVICE_KIND, Job
from jobs.patience import patiently
from jobs.running.processes import caller
from jobs.running.processes.caller import Given
from jobs.running.processes.machine import user_name
from jobs.running.processes.process import OWN_FAILURE
from jobs.running.runner import GRACE, CommandRun, Runner
from jobs.secrets.command_line import masked, masked_line
from jobs.secrets.masking import Masker
from jobs.secrets.patterns import configured_patterns
from jobs.terminal.database_command import DatabaseCommand
from jobs.terms.environment import JOB_ID_VARIABLE
from jobs.text.commands import MAX_NAME_CHARACTERS, shortened

START_PATIENCE = timedelta(seconds=20)
OUTCOME_PATIENCE = timedelta(minutes=10)  # time for an operator to notice a full disk and to clear it

DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
UNIT_SECONDS = {None: 1, "s": 1, "m": 60, "h": 3600}

EXAMPLES = """\
examples:
  %(prog)s -- ./import.sh --all
  %(prog)s --name nightly --timeout 2h -- sh -c 'fetch | load'
  QUAERO_JOB_ID in the command's environment is the job's id; a job started from there becomes its child.
  Beside it the command has the environment, directory and open files that runjob was started with
  (and PYTHONUNBUFFERED=1, unless that is set).

exit codes: the command's own (128 + n when signal n ended it); 124 timed out; 126 not executable;
  127 not found; 125 the job could not be recorded and the command was not started; 2 wrong usage
"""


class Command(DatabaseCommand):
    help = "Run a command as a job: record what it says and how it ends, live."
    requires_system_checks = []
    database_failure = OWN_FAILURE
    cannot = "cannot record a job, so the command was not started"
    given: Given | None = None

    def run_from_argv(self, argv: list[str]) -> None:
        self.given = caller.given()  # a call from Python uses the environment of this process
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # while it is ignored, exit codes are lost
        super().run_from_argv(argv)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            usage=f"{os.path.basename(prog_name)} {subcommand} [options] -- COMMAND [ARG ...]",
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", type=text, help="the job's name (the command line)")
        parser.add_argument("--kind", type=kind, default="job", help="the job's kind, a short word (job)")
        parser.add_argument("--step", type=text, help="put everything into a step of this name")
        parser.add_argument("--timeout", type=duration, help="end the command after so long: 90, 90s, 5m, 2h")
        parser.add_argument("--grace", type=duration, default=GRACE, help="from the signal to the KILL (10s)")
        parser.add_argument("--echo", action="store_true", help="pass the command's output through as well")
        parser.add_argument("--quiet", action="store_true", help="do not print the job's id on standard error")
        parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="what to run")
        self.usage_error = parser.error

    def handle(self, *args: object, **options: Any) -> None:
        command = options["command"]
        if command[:1] == ["--"]:
            command = command[1:]
        if not command or not command[0]:
            self.usage_error("no command given: runjob [options] -- COMMAND [ARG ...]")
        job = self.create_job(command, options)
        if not options["quiet"]:
            self.say(f"job {job.pk}")
        run = CommandRun(
            command=command,
            given=self.given,
            step_name=masked_line(options["step"] or ""),
            timeout=options["timeout"],
            grace=options["grace"],
            echo=options["echo"],
            patience=OUTCOME_PATIENCE,
            masker=Masker(patterns=configured_patterns()),
        )
        outcome = Runner(run, job, lambda words: self.say(f"runjob: {words}")).run()
        sys.exit(outcome.exit_code)

    def create_job(self, command: list[str], options: dict[str, Any]) -> Job:
        shown = masked(command)
        name = masked_line(options["name"] or "") or shortened(shlex.join(shown), MAX_NAME_CHARACTERS)

        def create() -> Job:
            self.need_database()
            return lifecycle.create_job(
                name, kind=options["kind"], parent=parent_job(), attributes=attributes(), spec={"command": shown}
            )

        return patiently(create, START_PATIENCE)


def attributes() -> dict[str, object]:
    return {"hostname": os.uname().nodename, "user": user_name(), "directory": directory(), "pid": os.getpid()}


def directory() -> str:
    """Where the command runs; empty when that has been removed meanwhile."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def parent_job() -> Job | None:
    """The job from within which this one is started."""
    try:
        return Job.objects.filter(pk=UUID(os.environ.get(JOB_ID_VARIABLE, ""))).first()
    except ValueError:
        return None


def text(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    if len(value) > MAX_NAME_CHARACTERS:
        raise argparse.ArgumentTypeError(f"must not be longer than {MAX_NAME_CHARACTERS} characters")
    return value


def kind(value: str) -> str:
    try:
        validate_slug(value)
    except Exception as error:
        raise argparse.ArgumentTypeError(f"{value!r}: use letters, digits, - and _") from error
    if value == SERVICE_KIND or len(value) > 64:
        raise argparse.ArgumentTypeError(f"{value!r} is reserved or longer than 64 characters")
    return value


def duration(value: str) -> timedelta:
    match = DURATION.fullmatch(value.strip())
    if match is None or not float(match[1]):
        raise argparse.ArgumentTypeError(f"{value!r}: use seconds, or 90s, 5m, 2h; more than 0")
    return timedelta(seconds=float(match[1]) * UNIT_SECONDS[match[2]])
