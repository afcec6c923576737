"""`manage.py rerun JOB`: runs a job again, as a new one."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs.models import Job
from jobs.running.ordering.reruns import rerun
from jobs.running.ordering.specs import NotARun, spec_of
from jobs.running.processes.machine import at_the_command_line
from jobs.terminal.command import WRONG_USAGE, JobCommand
from jobs.terminal.follow import follow, say_if_no_worker_is_there


class Command(JobCommand):
    help = "Run a job again, as a new one; prints the new one's id. Secret parameters are asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--follow", "-f", action="store_true", help="print its log until it ends")

    def act(self, job: Job, options: dict[str, Any]) -> None:
        again = rerun(job, at_the_command_line(), secrets=asked_for(job))
        self.stdout.write(str(again.pk))
        say_if_no_worker_is_there(self.stderr)
        if options["follow"]:
            follow(again)


def asked_for(job: Job) -> dict[str, object]:
    """The values of its secret parameters, which nobody has kept."""
    try:
        names = spec_of(job).secrets
    except NotARun:
        return {}  # the refusal says more
    try:
        return {name: getpass.getpass(f"{name}: ") for name in names}
    except EOFError as error:
        raise CommandError(f"the secret parameters {', '.join(names)} are asked for", returncode=WRONG_USAGE) from error
