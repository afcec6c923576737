"""The rows that every database has from the start."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from jobs import installation
from jobs.installation import GROUPS, complete
from jobs.models import SERVICE_JOB_ID, Job
from jobs.readiness import bring_up_to_date, make_ready

pytestmark = pytest.mark.django_db


def test_the_service_job_is_there_and_runs() -> None:
    service = Job.objects.get(pk=SERVICE_JOB_ID)
    assert (service.kind, service.status) == ("service", "running")
    assert not Job.objects.listed().filter(pk=SERVICE_JOB_ID).exists()


@pytest.mark.parametrize("name", GROUPS)
def test_groups_have_their_rights_from_the_first_migration_on(name: str) -> None:
    rights = Permission.objects.filter(group__name=name).values_list("codename", flat=True)
    assert sorted(rights) == sorted(GROUPS[name])
    assert Group.objects.filter(name=name).count() == 1


def interrupted() -> None:
    """As a start of an earlier version could leave it that was killed after the last migration."""
    Job.objects.filter(pk=SERVICE_JOB_ID).delete()
    Group.objects.all().delete()
    Permission.objects.all().delete()
    Group.objects.create(name="Quaero viewers")


@pytest.mark.parametrize("start", [lambda: bring_up_to_date(StringIO()), lambda: make_ready(print)])
def test_what_a_killed_start_has_left_out_is_made_by_the_next(start: Callable[[], object]) -> None:
    permissions = set(Permission.objects.values_list("content_type__app_label", "codename"))
    interrupted()
    start()
    assert set(Permission.objects.values_list("content_type__app_label", "codename")) == permissions
    for name in GROUPS:
        test_groups_have_their_rights_from_the_first_migration_on(name)
    test_the_service_job_is_there_and_runs()


def test_what_an_administrator_has_changed_stays_so(django_assert_max_num_queries: Any) -> None:
    bring_up_to_date(StringIO())
    Group.objects.get(name="Quaero viewers").permissions.clear()
    Group.objects.get(name="Quaero runners").delete()
    with django_assert_max_num_queries(8):
        bring_up_to_date(StringIO())
    complete()  # as after the migrations of a later version
    assert Group.objects.get(name="Quaero viewers").permissions.count() == 0


def test_a_start_that_fails_has_changed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted()
    monkeypatch.setattr(installation, "remember_complete", lambda using: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_up_to_date(StringIO())
    assert (Group.objects.count(), Permission.objects.count(), Job.objects.count()) == (1, 0, 0)
