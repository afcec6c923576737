"""Whether the database is ready to be used, and setting it up where it is a new one.

A new database has nothing to lose: whoever needs it first makes the tables. One of an earlier version is brought up
to date by who decides to (`serve`, `migrate`), since the processes that still use it would not know its new shape.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOBase
from pathlib import Path
from typing import TextIO

from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from jobs import installation
from jobs.models import SERVICE_KIND, Job
from jobs.models.sequence import newest_id_ever


class NotReady(Exception):
    """The text says why, and what to do."""


def unapplied_migrations() -> int:
    """How many there are. Raises NotReady for a database of a newer version, django.db.Error for one without answer."""
    executor = MigrationExecutor(connection)
    require_known(executor.loader)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_known(loader: MigrationLoader) -> None:
    """Refuses a database that a later version has changed: this one would not know what it reads and writes."""
    known = {*loader.disk_migrations, *(old for squashed in loader.replacements.values() for old in squashed.replaces)}
    ours = loader.migrated_apps | loader.unmigrated_apps
    newer = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in known
    )
    if newer:
        raise NotReady(
            f"the database {database_name()} is of a newer version than this one, which does not know its migrations "
            f"{', '.join(newer[:3])}{', ...' if len(newer) > 3 else ''}: run that version"
        )


def require_whole() -> None:
    """Refuses a database in which tables are missing that its migrations have made."""
    there = set(connection.introspection.table_names())
    needed = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    missing = sorted(needed - there)
    if missing:
        raise NotReady(
            f"the database {database_name()} is damaged: {'tables are' if len(missing) > 1 else 'a table is'} missing, "
            f"{', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}. Put a copy of it back"
        )


def make_ready(say: Callable[[str], None]) -> None:
    """Sets up a new database, and says so. Raises NotReady for one that somebody has to bring up to date, OSError for
    one whose directory cannot be written, django.db.Error for one that does not answer.
    """
    if not unapplied_migrations():
        require_whole()
        with suppress(Error):  # who may only read can do so without
            complete_if_need_be()
        return
    with one_at_a_time():
        count = unapplied_migrations()  # somebody else may have done it meanwhile
        if count and not is_new():
            raise NotReady(
                f"the database {database_name()} is not up to date: {count} migrations are not applied. "
                "`manage.py serve` applies them when it starts, and so does `manage.py migrate`"
            )
        if count:
            say(f"The database {database_name()} is new: setting it up.")
            migrate(sys.stderr, verbosity=0)


def bring_up_to_date(output: TextIO | TextIOBase) -> bool:
    """Applies what is not applied, telling what is done. True for a database in which nothing has been recorded yet.

    Raises NotReady for one that is damaged, or of a newer version.
    """
    with one_at_a_time():
        if unapplied_migrations():
            migrate(output)
        require_whole()
        complete_if_need_be()
        return not newest_id_ever() and not Job.objects.exclude(kind=SERVICE_KIND).exists()


def migrate(output: TextIO | TextIOBase, verbosity: int = 1) -> None:
    """All of it, or nothing: who is killed meanwhile has changed nothing."""
    with one_transaction():
        call_command("migrate", interactive=False, skip_checks=True, verbosity=verbosity, stdout=output)
        installation.remember_complete()


@contextmanager
def one_transaction() -> Iterator[None]:
    """For what changes tables, where the database can take that back."""
    if not connection.features.can_rollback_ddl:
        yield
        return
    # SQLite changes tables only while it checks no foreign keys, which cannot be switched off within.
    with connection.constraint_checks_disabled(), transaction.atomic():
        yield


def complete_if_need_be() -> None:
    """Somebody may have been killed after the last migration, and before what comes after it."""
    if not installation.is_complete():
        installation.complete()


def is_new() -> bool:
    """Whether it is a file of our own in which there is nothing yet; a server's database is its administrator's."""
    return connection.vendor == "sqlite" and not connection.introspection.table_names()


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def what_is_wrong(error: Exception) -> str:
    """What the database, or the system, says, on one line; and what to do about it, where that is known."""
    said = " ".join(str(error).split())
    path = Path(database_name())
    if connection.vendor != "sqlite" or (may_write(path.parent) and (may_write(path) or not path.exists())):
        return said
    return f"{said} (this user must be able to write it, and its directory)"


def may_write(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two processes that start at once must not both create the tables. (Released by the system on any end.)"""
    if connection.vendor != "sqlite":
        yield  # servers of such an installation are started one after the other, or migrated before
        return
    with open(f"{database_name()}.migrate-lock", "w", opener=open_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_private(path: str, flags: int) -> int:
    """An opener for `open`: what it makes is for its owner alone. What is there stays as it is."""
    return os.open(path, flags, 0o600)
