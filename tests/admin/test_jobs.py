"""Jobs in the admin: edited by form, cancelled and deleted by lifecycle alone, found by filters."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import lifecycle, operations, statuses
from jobs.models import DeletedJob, Job
from tests.admin.acting import (
    ENTRIES,
    JOBS,
    act,
    change_page,
    form_of,
    names_listed,
    said,
    text_of,
)
from tests.factories import ago, append_lines, make_job, make_step


def test_saving_the_form_keeps_what_has_moved_on(operating: Client, job: Job) -> None:
    form = form_of(job)
    append_lines(job, 5, level="error")
    lifecycle.finish_job(job, statuses.FAILED, exit_code=3, error="broke")
    Job.objects.filter(pk=job.pk).update(kind="import")
    operating.post(change_page(job), form | {"name": "renamed"})
    job = Job.objects.get(pk=job.pk)
    assert (job.name, job.status, job.exit_code, job.error) == ("renamed", statuses.FAILED, 3, "broke")
    assert (job.error_count, job.last_line, job.kind) == (5, 5, "import")


def test_a_form_that_changes_nothing_writes_nothing(operating: Client, job: Job) -> None:
    operating.post(change_page(job), form_of(job))
    assert Job.objects.get(pk=job.pk).revision == job.revision


@pytest.mark.parametrize(("sent", "stored"), [("", {}), ("[1]", {"a": 1}), ("{", {"a": 1}), ('{"b": [2]}', {"b": [2]})])
def test_attributes_stay_an_object(operating: Client, sent: str, stored: dict[str, object]) -> None:
    job = make_job(attributes={"a": 1})
    operating.post(change_page(job), form_of(job) | {"attributes": sent})
    assert Job.objects.get(pk=job.pk).attributes == stored


def test_attributes_keep_numbers_of_any_size(operating: Client, job: Job) -> None:
    text = json.dumps({"large": 2**64, "longest": 10**4299})[:-1] + f', "longer": {"9" * 4301}}}'
    operating.post(change_page(job), form_of(job) | {"attributes": text})
    stored = Job.objects.get(pk=job.pk).attributes
    assert stored == {"large": 2**64, "longest": 10**4299, "longer": "9" * 4301}


def test_a_status_in_the_form_is_ignored(operating: Client, job: Job) -> None:
    sent = {"attributes": '{"a": 1}', "status": "completed", "error_count": "7"}
    operating.post(change_page(job), form_of(job) | sent)
    stored = Job.objects.get(pk=job.pk)
    assert (stored.attributes, stored.status, stored.error_count) == ({"a": 1}, statuses.RUNNING, 0)


@pytest.mark.parametrize("status", [statuses.PENDING, statuses.RUNNING])
def test_an_operator_asks_active_jobs_to_cancel(operating: Client, status: str) -> None:
    job = make_job(status=status)
    assert said(act(operating, "request_cancel", job)) == "Asked 1 job to cancel."
    assert Job.objects.get(pk=job.pk).cancel_requested_at is not None


def test_the_change_page_offers_to_cancel_only_what_can_be(operating: Client, viewing: Client, job: Job) -> None:
    offer = 'value="request_cancel"'
    assert offer in text_of(operating.get(change_page(job)))
    assert offer not in text_of(viewing.get(change_page(job)))
    lifecycle.request_cancel(job)
    assert offer not in text_of(operating.get(change_page(job)))
    assert offer not in text_of(operating.get(change_page(make_job(status=statuses.FAILED))))


def test_a_finished_job_is_not_cancelled_and_a_message_says_so(operating: Client) -> None:
    job = make_job(status=statuses.COMPLETED)
    assert "Nothing to cancel" in said(act(operating, "request_cancel", job))
    assert Job.objects.get(pk=job.pk).cancel_requested_at is None


def test_a_running_job_is_not_deleted_by_its_page(operating: Client, job: Job) -> None:
    response = operating.post(f"{JOBS}{job.pk}/delete/", {"post": "yes"}, follow=True)
    assert "because running" in said(response)
    assert Job.objects.filter(pk=job.pk).exists()


def test_the_action_deletes_what_does_not_run(operating: Client, job: Job) -> None:
    ended = make_job(status=statuses.FAILED)
    append_lines(ended, 3, step=make_step(ended, status=statuses.FAILED))
    assert "Log entries: 3" in text_of(act(operating, "delete_selected", job, ended))
    assert said(act(operating, "delete_selected", job, ended, post="yes")) == "Deleted 1 job."
    assert list(Job.objects.listed()) == [job]
    assert list(DeletedJob.objects.values_list("pk", flat=True)) == [ended.pk]


def test_only_running_jobs_chosen_means_nothing_to_delete(operating: Client, job: Job) -> None:
    assert "Nothing to delete" in said(act(operating, "delete_selected", job, post="yes"))


def test_asking_before_a_deletion_reads_no_entries(operating: Client) -> None:
    job = make_job(status=statuses.COMPLETED)
    append_lines(job, 50)
    with CaptureQueriesContext(connection) as queries:
        response = operating.get(f"{JOBS}{job.pk}/delete/")
    assert "Log entries: 50" in text_of(response)
    assert [query["sql"] for query in queries if "quaero_jobs_logentry" in query["sql"]] == []


def test_a_job_that_starts_meanwhile_is_not_deleted(operating: Client) -> None:
    job = make_job(status=statuses.PENDING)
    really_look = operations.descendants

    def start_first(key: UUID) -> list[Job]:
        lifecycle.start_job(key)
        return really_look(key)

    with mock.patch("jobs.operations.descendants", start_first):
        response = operating.post(f"{JOBS}{job.pk}/delete/", {"post": "yes"}, follow=True)
    assert "because running" in said(response)
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"has_errors": "yes"}, ["broken"]),
        ({"has_errors": "no"}, ["slow", "warned"]),
        ({"has_warnings": "yes"}, ["warned"]),
        ({"running_longer": "10min"}, ["slow"]),
        ({"running_longer": "1d"}, []),
        ({"kind": "import"}, ["slow"]),
        ({"status__exact": "failed"}, ["broken"]),
        ({"q": "ROK"}, ["broken"]),
        ({"q": "%"}, []),
        ({"o": "-9.-7"}, ["broken", "warned", "slow"]),
    ],
)
def test_jobs_are_filtered_searched_and_sorted(viewing: Client, query: dict[str, str], names: list[str]) -> None:
    append_lines(make_job("broken", status=statuses.FAILED), 2, level="fatal")
    append_lines(make_job("warned", status=statuses.COMPLETED), 1, level="warn")
    make_job("slow", kind="import", started_at=ago(hours=2))
    found = names_listed(viewing, **query)
    assert (found if "o" in query else sorted(found)) == names


def test_a_job_is_found_by_its_id(viewing: Client, job: Job) -> None:
    make_job("another")
    assert names_listed(viewing, q=str(job.pk)) == [job.name]


def test_the_date_hierarchy_leads_to_a_day(viewing: Client) -> None:
    day = timezone.now().replace(year=2025, month=3, day=4)
    make_job("old", created_at=day)
    make_job("new", created_at=day + timedelta(days=400))
    assert "?created_at__year=2025" in text_of(viewing.get(JOBS))
    assert "created_at__month=3" in text_of(viewing.get(JOBS, {"created_at__year": 2025}))
    march = {"created_at__year": 2025, "created_at__month": 3}
    assert "created_at__day=4" in text_of(viewing.get(JOBS, march))
    assert names_listed(viewing, **{name: str(value) for name, value in march.items()}, created_at__day="4") == ["old"]


def test_the_change_page_and_the_jobs_page_lead_to_each_other(operating: Client, job: Job) -> None:
    assert f'href="/jobs/{job.pk}/"' in text_of(operating.get(change_page(job)))
    assert f'href="{change_page(job)}"' in text_of(operating.get(f"/jobs/{job.pk}/"))


def test_who_is_not_staff_gets_no_link_to_the_admin(client: Client, viewer: User, job: Job) -> None:
    client.force_login(viewer)
    assert "/admin/" not in text_of(client.get(f"/jobs/{job.pk}/"))


def test_the_change_page_says_why_a_step_has_failed(viewing: Client, job: Job) -> None:
    make_step(job, status=statuses.FAILED, error="no disk")
    assert "no disk" in text_of(viewing.get(f"{JOBS}{job.pk}/change/"))


def test_the_change_page_shows_steps_and_links_their_entries(viewing: Client, job: Job) -> None:
    step = make_step(job, "fetch <b>all</b>")
    append_lines(job, 4, step=step)
    text = text_of(viewing.get(change_page(job)))
    assert "fetch &lt;b&gt;all" in text
    assert f"{ENTRIES}?job__id__exact={job.pk}&amp;step__id__exact={step.pk}" in text
