"""`manage.py run NAME --parameter value`: has a worker run a registered job."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs.errors import Refusal
from jobs.runnables import Runnable, registry
from jobs.running.ordering.registered import order_runnable
from jobs.running.processes.process import OWN_FAILURE
from jobs.terminal.arguments import read_arguments
from jobs.terminal.command import WRONG_USAGE, command_error
from jobs.terminal.database_command import DatabaseCommand
from jobs.terminal.follow import follow, say_if_no_worker

EPILOG = """\
examples:
  %(prog)s --list
  %(prog)s prune-logs --help
  %(prog)s prune-logs --older-than-days 90 --follow

A parameter is --name value or --name=value; without a value it is true, --no-name is false, and one that is repeated is
a list. The job's id is printed. With --follow (or -f) the log follows until the job ends, and the exit code is that of
`tail`: 0 it has completed, 1 failed, 3 was cancelled; 2 wrong usage; 125 the database fails.
"""


class Command(DatabaseCommand):
    help = "Have a worker run a registered job."
    database_failure = OWN_FAILURE

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            usage="%(prog)s NAME [--parameter value ...] [--follow]",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,  # or a parameter `s` or `v` would be an ambiguous option of the command's own
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="list the registered jobs")
        parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="NAME ...", help="what to run, and how")

    def handle(self, *args: object, **options: Any) -> None:
        name, *rest = options["arguments"] or [""]
        if options["list"] or not name:
            self.list_them(asked=options["list"])
            return
        try:
            runnable = registry.find(name)
            if "--help" in rest or "-h" in rest:
                self.print_help_of(runnable)
                return
            arguments = read_arguments(rest, runnable)
            self.need_database()
            job = order_runnable(name, arguments.parameters, from_text=True)
        except Refusal as error:
            raise command_error(error) from error
        self.stdout.write(str(job.pk))
        say_if_no_worker(self.stderr)
        if arguments.follows:
            follow(job)

    def list_them(self, *, asked: bool) -> None:
        lines = [f"{runnable.name:<24} {runnable.description}".rstrip() for runnable in registry.all()]
        text = "\n".join(lines) or "there are no registered jobs"
        if not asked:
            raise CommandError(f"name a registered job:\n{text}", returncode=WRONG_USAGE)
        self.stdout.write(text)

    def print_help_of(self, runnable: Runnable) -> None:
        self.stdout.write(f"{runnable.name}: {runnable.description}".rstrip(": "))
        for field in runnable.form_fields():
            need = "required" if field.required else f"default {field.default!r}"
            about = f": {field.help}" if field.help else ""
            self.stdout.write(f"  --{field.name.replace('_', '-')}  {field.allowed} ({need}){about}")
