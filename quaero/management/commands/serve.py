"""`manage.py serve`: the whole installation as one command."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections
from django.urls import reverse

from jobs import conf
from jobs.configuration.command_name import command_name
from jobs.readiness import NotReady, bring_up_to_date, database_name, what_is_wrong
from jobs.running.processes.run_user import CannotRunAs, require_run_user
from jobs.web.sign_in import sign_in_link_path
from logstream.version import VERSION
from quaero.config.environment import Environment
from quaero.config.host_names import is_loopback, of_this_machine
from quaero.config.private_files import files_of, tighten
from quaero.service_log import service_log, service_log_level
from quaero.serving.first_start import has_user_with_password, sign_in_user
from quaero.serving.listener import CannotListen, base_url, listen
from quaero.serving.samples import sample_jobs
from quaero.serving.server import Server
from quaero.serving.standard_streams import StandardOutput, say

logger = logging.getLogger(__name__)

IN_ANOTHER_PROJECT = (
    "`serve` runs Quaero's own installation. In your project its pages are served by the project's own server, "
    "and `manage.py work` runs a worker"
)
LAST_WORDS_S = 0.1  # all processes end 2 s after the signal, also while the database fails


class Command(BaseCommand):
    help = "Bring the database up to date, serve Quaero, and stop everything on Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (8000); 0: any free one")
        parser.add_argument("--no-sample-jobs", action="store_true", help="run no sample jobs on the very first start")
        workers = parser.add_mutually_exclusive_group()
        workers.add_argument(
            "--workers", type=count, metavar="N", help="workers beside the web process (QUAERO_WORKERS: 2)"
        )
        workers.add_argument("--no-worker", action="store_const", dest="workers", const=0, help="the web process alone")

    def handle(self, *, host: str, port: int, no_sample_jobs: bool, workers: int | None, **options: Any) -> None:
        if not conf.is_installation():
            raise CommandError(IN_ANOTHER_PROJECT)
        # Until the server runs, SIGTERM does the same as Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            code = self.serve(host.strip("[]"), port, workers=workers, with_samples=not no_sample_jobs)
        except KeyboardInterrupt:
            code = 0
        except (CannotListen, CannotRunAs) as error:
            raise CommandError(str(error)) from error
        if sys.stdout.isatty():
            say("")  # the terminal has put ^C on this line
        say("Quaero has stopped.")
        sys.exit(code)

    def serve(self, host: str, port: int, *, workers: int | None, with_samples: bool) -> int:
        """Serves until a signal. Returns the exit code."""
        environment: Environment = settings.ENVIRONMENT
        workers = environment.workers if workers is None else workers
        if workers:
            require_run_user()
        listener = listen(
            host, port, on_wait=lambda: say(f"Port {port} is in use; waiting a moment for it to become free.")
        )
        keep_private(environment)
        is_new = self.prepare_database()
        address = base_url(host, listener.getsockname()[1])
        warn_of_open_programs(host, environment)
        print_names(host, environment)
        samples = sample_jobs() if is_new and with_samples and environment.sample_jobs else []
        server = Server(listener, welcome(address, environment, workers), samples, workers=workers)
        settings.QUAERO_FLUSH_TIMEOUT_S = LAST_WORDS_S
        with service_log(service_log_level()):
            return asyncio.run(server.run())

    def prepare_database(self) -> bool:
        """Brings the database up to date. Returns whether it is a new one."""
        try:
            return bring_up_to_date(StandardOutput())
        except NotReady as refusal:
            raise CommandError(f"{str(refusal)[0].upper()}{str(refusal)[1:]}") from refusal
        except (OSError, Error) as error:
            problem = f"The database {database_name()} cannot be made ready: {what_is_wrong(error)}"
            raise CommandError(problem) from error


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: it must be a whole number from 0 to 65535")
    return int(text)


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of workers: it must be from 0 to 1000")
    return int(text)


def keep_private(environment: Environment) -> None:
    tightened = tighten(files_of(environment))
    if tightened:
        say(f"Others could read {', '.join(map(str, tightened))}: from now on only this user can.", error=True)


def welcome(address: str, environment: Environment, workers: int) -> Callable[[], None]:
    """Prints the welcome when called. The text is made before, as that reads the database."""
    lines = ["", "Quaero is ready.", "", f"  Address   {address}{environment.base_path}", *how_to_sign_in(address)]
    lines += [f"  Data      {environment.data_dir}", "", "Ctrl-C stops it.", ""]
    connections.close_all()

    def print_it() -> None:
        say("\n".join(lines))
        text = "Quaero %s serves %s%s (process %d, data in %s), with %d worker%s beside the web process"
        place = (address, environment.base_path, os.getpid())
        logger.info(text, VERSION, *place, environment.data_dir, workers, "" if workers == 1 else "s")

    return print_it


def how_to_sign_in(address: str) -> list[str]:
    """A sign-in link. It is a secret: where output is no terminal (a journal), only while no user has a password."""
    user = sign_in_user()
    if user is None:
        return []
    if has_user_with_password() and not sys.stdout.isatty():
        hint = f"            (`{command_name()} changepassword NAME` gives a password)"
        return [f"  Sign in   {address}{reverse('login')}", hint]
    return [
        f"  Sign in   {address}{sign_in_link_path(user)}",
        f"            (as {user.username}; the link works once, and for an hour)",
    ]


def warn_of_open_programs(host: str, environment: Environment) -> None:
    """Prints a note when others than this machine's users can reach a server that runs programs."""
    if conf.programs() and (environment.trusted_proxies or not is_loopback(host)):
        say(
            f"Note: QUAERO_PROGRAMS={','.join(conf.programs())} lets the group Quaero runners run programs on "
            f"this machine, and others can reach {'its proxy' if is_loopback(host) else host}.",
            error=True,
        )


def print_names(host: str, environment: Environment) -> None:
    if not environment.allowed_hosts and not is_loopback(host):
        _, *names = of_this_machine()
        say(f"From elsewhere it may be called by address, or {', '.join(names)}; QUAERO_ALLOWED_HOSTS names others.")
