"""The base of commands that act on one job, which is named as for `tail`."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs.errors import Refusal
from jobs.models import Job
from jobs.running.processes.process import OWN_FAILURE
from jobs.terminal.database_command import DatabaseCommand
from jobs.terminal.lookup import NotChosen, job_called
from jobs.terminal.safe_text import plain_name

WRONG_USAGE = 2
REFUSED = 1
TYPED_WRONGLY = (400, 404)


def command_error(refusal: Refusal) -> CommandError:
    """What a command ends with: 2 for what was typed wrongly or names nothing, 1 for what cannot be done."""
    text = str(refusal) if isinstance(refusal, NotChosen) else plain_name(str(refusal))  # a choice has several lines
    return CommandError(text, returncode=WRONG_USAGE if refusal.status in TYPED_WRONGLY else REFUSED)


class JobCommand(DatabaseCommand):
    """exit codes: 0 done; 1 it cannot be done to this job; 2 wrong usage or unknown job; 125 the database fails"""

    requires_system_checks = []
    database_failure = OWN_FAILURE

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = JobCommand.__doc__
        parser.add_argument("job", metavar="JOB", help="a job's id, the beginning of one, or a name (its latest)")

    def handle(self, *args: object, **options: Any) -> None:
        self.need_database()
        try:
            self.act(job_called(options["job"]), options)
        except Refusal as error:
            raise command_error(error) from error

    @abstractmethod
    def act(self, job: Job, options: dict[str, Any]) -> None:
        """Acts on the job and prints a line about it. A refusal of the domain becomes the command's error."""
