"""What stands in every database from the start."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from jobs.installation import GROUPS
from jobs.models import SERVICE_JOB_ID, Job

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
