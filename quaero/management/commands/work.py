"""`manage.py work`: one worker, which takes due jobs and runs them, one at a time."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs import conf
from jobs.running.processes.run_user import CannotRunAs, require_run_user
from jobs.running.workers.session import WorkerSession
from jobs.terminal.database_command import DatabaseCommand
from logstream.wakeups import wakeups_of_database
from quaero.duties import DUTIES_OF_WORKER, beside
from quaero.service_log import service_log, service_log_level
from quaero.serving.standard_streams import say
from quaero.worker.loop import WorkerLoop
from quaero.worker.queues import queue_of_settings

DRAIN_S = 30.0


class Command(DatabaseCommand):
    help = "Run a worker: it takes due jobs and runs them, one at a time. Start several for more at once."
    cannot = "no worker can be started"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drain",
            type=seconds,
            default=DRAIN_S,
            metavar="SECONDS",
            help="how long the running job may go on after SIGTERM or Ctrl-C (30); a second signal ends it at once",
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing")

    def handle(self, *, drain: float, quiet: bool, **options: Any) -> None:
        need_run_user()
        self.need_database()
        session = WorkerSession()
        loop = WorkerLoop(session, queue_of_settings(session.name), wakeups_of_database(), drain_s=drain)
        if not quiet:
            say(f"Worker {session.name} waits for jobs. Ctrl-C stops it.")
        with service_log(service_log_level()), beside(() if conf.is_installation() else DUTIES_OF_WORKER):
            loop.run()
        if not quiet:
            say(f"Worker {session.name} has stopped.")


def need_run_user() -> None:
    try:
        require_run_user()
    except CannotRunAs as problem:
        raise CommandError(f"no worker can be started: {problem}") from problem


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 7 * 24 * 3600:
        raise argparse.ArgumentTypeError(f"{text!r}: use seconds, from 0 to 604800")
    return number
