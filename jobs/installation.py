"""What the database holds from the start: groups with their rights, the service job, the entries' sequence."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections

from jobs import statuses
from jobs.models import SERVICE_JOB_ID, SERVICE_KIND, Job
from jobs.models.sequence import TABLE, newest_id_ever, raise_sequence

GROUPS: dict[str, tuple[str, ...]] = {
    "Viewers": ("view_job",),
    "Operators": ("view_job", "operate_job"),
    "Runners": ("view_job", "run_program"),
}

_newest_before: dict[str, int] = {}


def before_migrate(sender: AppConfig, using: str, **rest: Any) -> None:
    """Remembers the entries' sequence, in case a migration rebuilds their table."""
    if TABLE in connections[using].introspection.table_names():
        _newest_before[using] = newest_id_ever(using)


def after_migrate(sender: AppConfig, using: str, **rest: Any) -> None:
    create_permissions(sender, using=using, verbosity=0)  # Django's own turn to make them may come later
    raise_sequence(_newest_before.pop(using, 0), using)
    Job.objects.using(using).get_or_create(
        pk=SERVICE_JOB_ID, defaults={"name": "Quaero", "kind": SERVICE_KIND, "status": statuses.RUNNING}
    )
    for name, codenames in GROUPS.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:  # later the rights of a group are the administrator's business
            group.permissions.set(
                Permission.objects.using(using).filter(content_type__app_label="jobs", codename__in=codenames)
            )
