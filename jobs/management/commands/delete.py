"""`manage.py delete JOB`: deletes a job that does not run, with its log and all that it has spawned."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs import operations
from jobs.models import Job
from jobs.queries.families import descendants
from jobs.running.processes.machine import at_the_command_line
from jobs.terminal.command import WRONG_USAGE, JobCommand
from jobs.terminal.safe_text import plain_name


class Command(JobCommand):
    help = "Delete a job that does not run, with its log and all that it has spawned."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def act(self, job: Job, options: dict[str, Any]) -> None:
        if not options["yes"] and not self.is_agreed(job):
            raise CommandError("nothing was deleted", returncode=WRONG_USAGE)
        count = operations.delete(job, at_the_command_line())
        self.stdout.write(f"deleted {count} job{'s' if count > 1 else ''}")

    def is_agreed(self, job: Job) -> bool:
        spawned = len(descendants(job.pk))
        them = "the job" if spawned == 1 else f"the {spawned} jobs"
        with_them = f" and {them} that it has spawned" if spawned else ""
        try:
            return input(f"Delete {plain_name(job.name)} ({job.pk}){with_them}? [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False
