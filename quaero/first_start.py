"""What a start finds or makes: the database in its present shape, and somebody who can sign in."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from jobs.models import SERVICE_KIND, Job
from quaero.private_files import open_private
from quaero.standard_streams import Spoken

ADMIN = "admin"


def prepare_database() -> bool:
    """Bring the database up to date, telling what is done. True when it is a new one without jobs."""
    with one_at_a_time():
        executor = MigrationExecutor(connection)
        is_new = not executor.recorder.has_table()
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, stdout=Spoken())
        return is_new and not Job.objects.exclude(kind=SERVICE_KIND).exists()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two servers that start at once must not both create the tables. (Released by the system on any end.)"""
    if connection.vendor != "sqlite":
        yield  # servers of such an installation are started one after the other, or migrated before
        return
    with open(f"{connection.settings_dict['NAME']}.migrate-lock", "w", opener=open_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def somebody_to_sign_in() -> User | None:
    """`admin`, or else another active superuser; made, with a password that fits nothing, when there is no
    superuser at all. None when that is not possible, as somebody else has the name.
    """
    superusers = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    user = superusers.filter(username=ADMIN).first() or superusers.first()
    if user is None and not User.objects.filter(username=ADMIN).exists():
        user = User.objects.create_superuser(ADMIN)
    return user


def somebody_has_a_password() -> bool:
    """Whether an active user has one that may fit something."""
    without = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return User.objects.filter(is_active=True).exclude(without).exists()
