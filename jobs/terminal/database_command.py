"""The base of management commands that need the database. A database that fails is one line, no traceback."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from jobs.readiness import NotReady, database_name, make_ready, what_is_wrong


class DatabaseCommand(BaseCommand):
    database_failure = 1
    """The exit code when the database is missing, not ready, or fails."""
    cannot = ""
    """The beginning of the message in that case: what cannot be done."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Error as error:
            raise self.failure(f"the database {database_name()} cannot be used: {what_is_wrong(error)}") from error

    def need_database(self) -> None:
        """Sets up a new database, with a line on standard error. Raises CommandError for one that cannot be used."""
        try:
            make_ready(self.say)
        except NotReady as refusal:
            raise self.failure(str(refusal)) from refusal
        except OSError as error:
            raise self.failure(f"the database {database_name()} cannot be set up: {what_is_wrong(error)}") from error

    def failure(self, problem: str) -> CommandError:
        return CommandError(f"{self.cannot}: {problem}" if self.cannot else problem, returncode=self.database_failure)

    def say(self, words: str) -> None:
        """Writes a line to standard error; a reader that has left is no error."""
        with suppress(OSError):
            self.stderr.write(words, style_func=str)  # not in red: most of it is no error
            self.stderr.flush()
