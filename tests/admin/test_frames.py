"""Head and foot of the admin's pages: the installation's on all of them, or our models' own in another project."""

from __future__ import annotations

import pytest
from django.contrib.admin import AdminSite
from django.test import Client
from pytest_django import Settings

from jobs.models import Job
from quaero.admin_site import Site
from tests.admin.acting import ENTRIES, JOBS, STEPS, change_page
from tests.processes import ROOT

FOOT = 'class="quaero-service"'
HEAD = "quaero/css/admin.css"
OURS = [JOBS, ENTRIES, STEPS]


@pytest.fixture
def anothers_admin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a project that has `templates/` among its folders, and an admin of Django's."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [ROOT / "templates"]}]
    monkeypatch.setattr(Site, "each_context", AdminSite.each_context)


def frame_of(client: Client, page: str) -> tuple[int, int]:
    content = client.get(page, follow=True).content.decode()
    return content.partition("<body")[0].count(HEAD), content.count(FOOT)


@pytest.mark.parametrize("page", ["/admin/", *OURS])
def test_every_page_of_this_installations_admin_has_head_and_foot_once(viewing: Client, page: str) -> None:
    assert frame_of(viewing, page) == (1, 1)


@pytest.mark.parametrize("page", OURS)
@pytest.mark.usefixtures("anothers_admin")
def test_pages_of_our_models_bring_both_along(viewing: Client, page: str) -> None:
    assert frame_of(viewing, page) == (1, 1)


@pytest.mark.usefixtures("anothers_admin")
def test_the_page_of_a_job_brings_both_along(viewing: Client, job: Job) -> None:
    assert frame_of(viewing, change_page(job)) == (1, 1)


@pytest.mark.usefixtures("anothers_admin")
def test_other_pages_of_anothers_admin_stay_as_they_are(viewing: Client) -> None:
    assert frame_of(viewing, "/admin/") == (0, 0)
