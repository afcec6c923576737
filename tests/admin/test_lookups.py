"""The lookups that an address of the admin may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.factories import make_job, make_user

EVIL = "^(a+)+$"
MODELS = sorted(admin.site._registry, key=str)


@pytest.fixture
def superuser(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def lookups_on(model: type[Model]) -> Iterator[str]:
    for field in model._meta.get_fields():
        for lookup in ("regex", "iregex", "contains", "startswith", "id__regex", "user__password__startswith"):
            yield f"{field.name}__{lookup}"
        for inner in getattr(field.related_model, "_meta", model._meta).get_fields() if field.is_relation else ():
            yield f"{field.name}__{inner.name}__startswith"
            yield f"{field.name}__{inner.name}__regex"
    yield from ("created_by__password__startswith", "user__password__startswith", "pk__regex", "password")


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_no_list_takes_a_lookup_that_is_none_of_its_filters(superuser: Client, model: type[Model]) -> None:
    path = list_of(model)
    assert superuser.get(path).status_code == 200
    answers = {lookup: superuser.get(path, {lookup: EVIL}).status_code for lookup in lookups_on(model)}
    assert {lookup: status for lookup, status in answers.items() if status != 400} == {}


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_choice_of_every_filter_works(superuser: Client, model: type[Model]) -> None:
    make_job()
    make_user("ann", "Quaero viewers")
    path = list_of(model)
    shown = superuser.get(path).context["cl"]
    addresses = [choice["query_string"] for spec in shown.filter_specs for choice in spec.choices(shown)]
    assert {address for address in addresses if superuser.get(path + address).status_code != 200} == set()
    assert "e=1" not in "".join(superuser.get(path + address).headers.get("Location", "") for address in addresses)


def test_dates_lead_through_the_list(superuser: Client) -> None:
    job = make_job()
    at = job.created_at
    dates = {"created_at__year": at.year, "created_at__month": at.month, "created_at__day": at.day}
    assert superuser.get("/admin/quaero_jobs/job/", dates).status_code == 200
