"""The rows that every database has: groups with their rights, the service job, the entries' sequence."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.core.management.base import CommandError
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from jobs import conf, statuses
from jobs.models import SERVICE_JOB_ID, SERVICE_KIND, Job
from jobs.models.sequence import TABLE, newest_id_ever, raise_sequence

APP = Job._meta.app_label
GROUPS: dict[str, tuple[str, ...]] = {
    "Quaero viewers": ("view_job",),
    "Quaero operators": ("view_job", "operate_job"),
    "Quaero runners": ("view_job", "run_program"),
}

SET_UP_TO = "set_up_to"
"""An attribute of the service job: the migration after which these rows were completed."""

OLDER_TABLES = {"jobs_job", "jobs_step", "jobs_logentry"}
OLDER_QUAERO = (
    "the database {} was made by an older Quaero, whose data this version cannot read: "
    "move it away, or name another by QUAERO_DATA_DIR or DATABASE_URL"
)

_newest_before: dict[str, int] = {}


def is_of_an_older_quaero(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether its tables are named as before the first release. Those of another app `jobs` are that app's."""
    there = set(connections[using].introspection.table_names())
    is_ours = all(app.label != "jobs" for app in apps.get_app_configs())
    return is_ours and there >= OLDER_TABLES and Job._meta.db_table not in there


def before_migrate(sender: AppConfig, using: str, **rest: Any) -> None:
    """Remembers the entries' sequence, in case a migration rebuilds their table."""
    if not has_our_tables(using):
        return
    if is_of_an_older_quaero(using):
        raise CommandError(OLDER_QUAERO.format(connections[using].settings_dict["NAME"]))
    if TABLE in connections[using].introspection.table_names():
        _newest_before[using] = newest_id_ever(using)


def has_our_tables(using: str) -> bool:
    """A project may keep them in one of several databases."""
    return router.allow_migrate_model(using, Job)


def after_migrate(sender: AppConfig, using: str, **rest: Any) -> None:
    """Makes the groups and the service job where they are missing, and restores the entries' sequence."""
    if not has_our_tables(using):
        return
    with transaction.atomic(using=using):
        create_permissions(sender, using=using, verbosity=0)  # Django may make them later than this
        raise_sequence(_newest_before.pop(using, 0), using)
        service, _ = Job.objects.using(using).get_or_create(
            pk=SERVICE_JOB_ID, defaults={"name": "Quaero", "kind": SERVICE_KIND, "status": statuses.RUNNING}
        )
        for name, codenames in GROUPS.items():
            group, is_new = Group.objects.using(using).get_or_create(name=name)
            # Rights are set once: later the administrator decides about them. A group without rights in a database
            # that was never complete was left by a start that was killed.
            if is_new or (SET_UP_TO not in service.attributes and not group.permissions.exists()):
                group.permissions.set(
                    Permission.objects.using(using).filter(content_type__app_label=APP, codename__in=codenames)
                )


def is_complete(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the rows of all apps were made after the newest migration."""
    attributes = Job.objects.using(using).filter(pk=SERVICE_JOB_ID).values_list("attributes", flat=True).first()
    return attributes is not None and attributes.get(SET_UP_TO) == newest_migration(using)


def complete(using: str = DEFAULT_DB_ALIAS) -> None:
    """Makes the rows that are missing, and notes that the database is complete."""
    with transaction.atomic(using=using):
        if conf.is_installation():
            emit_post_migrate_signal(verbosity=0, interactive=False, db=using)
        else:  # other apps of a project make what is theirs
            after_migrate(apps.get_app_config(APP), using)
        remember_complete(using)


def remember_complete(using: str = DEFAULT_DB_ALIAS) -> None:
    """Notes in the service job that the rows of all apps were made after the newest migration."""
    service = Job.objects.using(using).get(pk=SERVICE_JOB_ID)
    attributes = {**service.attributes, SET_UP_TO: newest_migration(using)}
    Job.objects.using(using).filter(pk=SERVICE_JOB_ID).update(attributes=attributes)


def newest_migration(using: str) -> int:
    """The number of the migration that was applied last."""
    applied = MigrationRecorder(connections[using]).migration_qs
    if not conf.is_installation():
        applied = applied.filter(app=APP)
    return int(applied.aggregate(newest=Max("pk"))["newest"] or 0)
