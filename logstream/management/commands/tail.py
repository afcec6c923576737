"""`manage.py tail JOB` prints a job's log and follows it, from whichever process it is written; needs no server."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs import statuses
from jobs.errors import Refusal
from jobs.queries.cursors import CursorOfAnotherJob
from jobs.running.processes.process import OWN_FAILURE
from jobs.terminal.command import WRONG_USAGE
from jobs.terminal.database_command import DatabaseCommand
from jobs.terminal.safe_text import RESET, plain_name
from jobs.terms.extras import how_to_install
from jobs.validation.query import BadParameter
from logstream.tailing.colours import COLOUR_CHOICES, EXTRA, HAS_RICH, palette_for
from logstream.tailing.following import Followed, FollowedFamily, FollowedJob, FollowedService, JobDeleted
from logstream.tailing.headline import closing, name_of, opening
from logstream.tailing.interrupt import exit_on_interrupt
from logstream.tailing.lines import HumanLines, JsonLines, LineFormat
from logstream.tailing.options import TailRequest, add_filter_options, read_request, typed_name
from logstream.tailing.output import Output
from logstream.tailing.session import TailSession
from logstream.tailing.wait import WakeupReceiver
from logstream.wakeups import wakeups_of_database

EXIT_CODES = {statuses.COMPLETED: 0, statuses.FAILED: 1, statuses.CANCELLED: 3}
DELETED = 1
READER_LEFT = 128 + signal.SIGPIPE  # as for any other command in front of `| head`

EPILOG = """\
examples:
  %(prog)s --latest
  %(prog)s 3f2a --level warn --search timeout
  %(prog)s 3f2a --children
  %(prog)s "nightly import" --no-follow -n 1000 --json | jq .message

Lines: time (UTC), level, step where a job has several, | for stdout, ! for stderr or * for system, message.

exit codes: 0 the job has completed, 1 failed or was deleted, 3 was cancelled; 0 it has not ended (--no-follow);
  2 wrong usage or unknown job; 125 the log cannot be read or written; 130 Ctrl-C; 141 the reader of a pipe has left
"""


class Command(DatabaseCommand):
    help = "Print a job's log and follow it until the job ends."
    requires_system_checks = []
    database_failure = OWN_FAILURE

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            usage=f"{os.path.basename(prog_name)} {subcommand} JOB|--latest|--service [options]",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "job", nargs="?", metavar="JOB", help="a job's id, the beginning of one, or a name (its latest)"
        )
        which.add_argument("--latest", action="store_true", help="the newest job")
        which.add_argument("--service", action="store_true", help="all jobs, and what Quaero itself logs")
        parser.add_argument(
            "--children",
            action="store_const",
            const="1",
            help="also what the job's descendants log, until all have ended",
        )
        add_filter_options(parser)
        parser.add_argument(
            "--since", metavar="ID", help="everything after the entry with this id; -n then means nothing"
        )
        parser.add_argument("-n", metavar="COUNT", help="begin with the last so many lines (100); 0: only new ones")
        parser.add_argument("--no-follow", action="store_true", help="print what is there and end")
        parser.add_argument("--json", action="store_true", help="print each entry as one line of JSON")
        parser.add_argument("--color", choices=COLOUR_CHOICES, default="auto", help="colours (auto: on a terminal)")

    def handle(self, *args: object, **options: Any) -> None:
        self.output = Output(options.get("stdout") or sys.stdout)
        choice = colour_choice(options)
        if choice == "always" and not HAS_RICH:
            self.say(f"colours need the package rich: {how_to_install(EXTRA)}")
        self.palette = palette_for(options.get("stdout") or sys.stdout, choice)
        self.message_palette = palette_for(options.get("stderr") or sys.stderr, choice)
        with exit_on_interrupt(self.end_line):
            code = self.tail(options)
        if code:
            sys.exit(code)

    def tail(self, options: dict[str, Any]) -> int:
        """Prints the log and follows it. Returns the exit code."""
        try:
            self.need_database()
            asked = read_request(options)
            followed = followed_of(asked)
            return self.print_and_follow(asked, followed, options)
        except Refusal as error:
            raise CommandError(in_options(error), returncode=WRONG_USAGE) from error
        except JobDeleted as error:
            self.say(f"{name_of(error.job, self.message_palette)} was deleted")
            return DELETED
        except BrokenPipeError:
            return READER_LEFT
        except OSError as error:
            raise CommandError(f"cannot write the log: {error}", returncode=OWN_FAILURE) from error

    def print_and_follow(self, asked: TailRequest, followed: Followed, options: dict[str, Any]) -> int:
        """Prints the stored entries, and follows the log unless --no-follow is given. Returns the exit code."""
        followed.look()
        self.say_beginning(asked, followed)
        if asked.last is not None:
            followed.skip_to_last(asked.last)
        line_format = self.line_format(asked, as_json=options["json"])
        session = TailSession(followed, line_format, self.output, self.say_gap)
        session.print_stored()
        if not options["no_follow"]:
            with WakeupReceiver(wakeups_of_database(), self.output.descriptor) as receiver:
                session.follow(receiver)
        return self.end_of(followed)

    def line_format(self, asked: TailRequest, *, as_json: bool) -> LineFormat:
        if as_json:
            return JsonLines(for_terminal=self.output.is_terminal)
        return HumanLines(
            self.palette, self.output.encoding, with_jobs=asked.job is None or asked.filter.family is not None
        )

    def say_beginning(self, asked: TailRequest, followed: Followed) -> None:
        if isinstance(followed, FollowedJob | FollowedFamily):
            self.say(opening(followed.job, self.message_palette))
        else:
            self.say("all jobs and Quaero itself")
        if asked.reset_reason is not None:
            self.say(f"--since cannot be continued ({asked.reset_reason}): everything that is there follows")

    def say_gap(self) -> None:
        self.say("here entries are missing: they were deleted before they could be read")

    def end_of(self, followed: Followed) -> int:
        """Prints how the job ended. Returns the exit code: 0 also where it has not ended."""
        if not isinstance(followed, FollowedJob | FollowedFamily) or not followed.is_over:
            return 0
        self.say(closing(followed.job, self.message_palette))
        return EXIT_CODES[followed.job.status]

    def end_line(self) -> None:
        self.output.write_if_ready(f"{RESET}\n".encode() if self.palette else b"\n")


def followed_of(asked: TailRequest) -> FollowedJob | FollowedFamily | FollowedService:
    if asked.job is None:
        return FollowedService(asked.filter, asked.since)
    kind = FollowedJob if asked.filter.family is None else FollowedFamily
    return kind(asked.job, asked.filter, asked.since)


def colour_choice(options: dict[str, Any]) -> str:
    """The value of --color, or of Django's --no-color and --force-color in the same words."""
    if options["no_color"]:
        return "never"
    return "always" if options["force_color"] else str(options["color"])


def in_options(refusal: Refusal) -> str:
    """A refusal in terms of the options that were typed."""
    if isinstance(refusal, BadParameter):
        return f"{typed_name(refusal.name)} '{plain_name(refusal.value)}' is not allowed: use {refusal.allowed}"
    return f"--since is not allowed: {refusal}" if isinstance(refusal, CursorOfAnotherJob) else str(refusal)
