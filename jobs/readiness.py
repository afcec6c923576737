"""Whether the database is ready, and setting up a new one.

The first process that needs a new database makes the tables: there is nothing to lose. A database of an earlier
version is only updated by `serve` and `migrate`, since processes that still use it do not know the new tables.
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

from jobs import conf, installation
from jobs.configuration.command_name import command_name
from jobs.models import SERVICE_KIND, Job
from jobs.models.sequence import newest_id_ever

OUR_APPS = ("quaero_jobs", "quaero_live", "quaero", "django_tasks_database")


class NotReady(Exception):
    """The database cannot be used as it is. The text says why, and what to do."""


def unapplied_migrations() -> int:
    """The number of migrations that are not applied.

    Raises NotReady for a database of a newer version, django.db.Error for one that does not answer.
    """
    if installation.is_of_an_older_quaero():
        raise NotReady(installation.OLDER_QUAERO.format(database_name()))
    executor = MigrationExecutor(connection)
    require_known(executor.loader)
    needed = [node for node in executor.loader.graph.leaf_nodes() if concerns_us(node[0])]
    return len(executor.migration_plan(needed))


def concerns_us(app: str) -> bool:
    """Whether an app's tables are to be as this version knows them: in another project those of our apps alone."""
    return conf.is_installation() or app in OUR_APPS


def require_known(loader: MigrationLoader) -> None:
    """Raises NotReady for a database that a later version has changed: this one does not know its tables."""
    known = {*loader.disk_migrations, *(old for squashed in loader.replacements.values() for old in squashed.replaces)}
    ours = {app for app in loader.migrated_apps | loader.unmigrated_apps if concerns_us(app)}
    newer = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in known
    )
    if newer:
        raise NotReady(
            f"the database {database_name()} is of a newer version than this one, which does not know its migrations "
            f"{', '.join(newer[:3])}{', ...' if len(newer) > 3 else ''}: run that version"
        )


def require_whole() -> None:
    """Raises NotReady for a database without some of the tables that its migrations made."""
    there = set(connection.introspection.table_names())
    models = [model._meta for model in apps.get_models(include_auto_created=True)]
    needed = {model.db_table for model in models if model.managed and concerns_us(model.app_label)}
    missing = sorted(needed - there)
    if missing:
        raise NotReady(
            f"the database {database_name()} is damaged: {'tables are' if len(missing) > 1 else 'a table is'} missing, "
            f"{', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}. Put a copy of it back"
        )


def make_ready(say: Callable[[str], None]) -> None:
    """Sets up a new database; calls `say` with a line about it.

    Raises NotReady for a database that is not up to date, damaged or of a newer version, OSError for one whose
    directory cannot be written, django.db.Error for one that does not answer.
    """
    if not unapplied_migrations():
        require_whole()
        with suppress(Error):  # a process that may only read works without it
            complete_if_need_be()
        return
    with one_at_a_time():
        count = unapplied_migrations()  # another process may have applied them meanwhile
        if count and not (is_new() and conf.is_installation()):
            raise NotReady(
                f"the database {database_name()} is not up to date: {count} migrations are not applied. "
                + (
                    f"`{command_name()} serve` applies them when it starts, and so does `{command_name()} migrate`"
                    if conf.is_installation()
                    else f"`{command_name()} migrate` applies them"
                )
            )
        if count:
            say(f"The database {database_name()} is new: setting it up.")
            migrate(sys.stderr, verbosity=0)


def what_applies_them() -> str:
    by_hand = f"`{command_name()} migrate`"
    if conf.is_installation():
        return f"`{command_name()} serve` applies them when it starts, and so does {by_hand}"
    return f"{by_hand} applies them"


def bring_up_to_date(output: TextIO | TextIOBase) -> bool:
    """Applies all migrations, and writes to `output` what it does. True for a database without jobs and entries.

    Raises NotReady for one that is damaged, or of a newer version.
    """
    with one_at_a_time():
        if unapplied_migrations():
            migrate(output)
        require_whole()
        complete_if_need_be()
        return not newest_id_ever() and not Job.objects.exclude(kind=SERVICE_KIND).exists()


def migrate(output: TextIO | TextIOBase, verbosity: int = 1) -> None:
    """Applies all migrations or none: a process that is killed meanwhile has changed nothing."""
    with one_transaction():
        call_command("migrate", interactive=False, skip_checks=True, verbosity=verbosity, stdout=output)
        installation.remember_complete()


@contextmanager
def one_transaction() -> Iterator[None]:
    """A transaction for changes of tables, where the database can roll those back."""
    if not connection.features.can_rollback_ddl:
        yield
        return
    # SQLite changes tables only while it checks no foreign keys, and a transaction cannot switch the checks off.
    with connection.constraint_checks_disabled(), transaction.atomic():
        yield


def complete_if_need_be() -> None:
    """Makes the rows that are missing when a process was killed between the last migration and `installation`."""
    if not installation.is_complete():
        installation.complete()


def is_new() -> bool:
    """Whether it is a SQLite file without tables. The administrator of a database server sets up its databases."""
    return connection.vendor == "sqlite" and not connection.introspection.table_names()


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def what_is_wrong(error: Exception) -> str:
    """The message of the database or the system, on one line; and what to do about it, where that is known."""
    message = " ".join(str(error).split())
    path = Path(database_name())
    if connection.vendor != "sqlite" or (may_write(path.parent) and (may_write(path) or not path.exists())):
        return message
    return f"{message} (this user must be able to write it, and its directory)"


def may_write(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A block that one process at a time is in, so that two do not create the tables. The system releases the lock."""
    if connection.vendor != "sqlite":
        yield  # servers of such an installation are started one after the other, or migrated before
        return
    with open(f"{database_name()}.migrate-lock", "w", opener=open_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_private(path: str, flags: int) -> int:
    """An opener for `open`: only the owner may read and write a new file. An existing file keeps its mode."""
    return os.open(path, flags, 0o600)
