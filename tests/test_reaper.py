"""A job whose heart is silent is failed, once, and only such a job (D8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from jobs import lifecycle
from jobs.models import Job, LogEntry
from jobs.running.reaper import LOST, fail_lost_job, fail_lost_jobs
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def running_job(silent_for_s: float | None = 60) -> Job:
    """A running job whose heart beat so many seconds ago; None: one that has no heart."""
    job = lifecycle.create_job("nightly import")
    lifecycle.start_job(job)
    heartbeat_at = None if silent_for_s is None else timezone.now() - timedelta(seconds=silent_for_s)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=heartbeat_at)
    return job


def test_a_silent_job_is_failed_with_its_steps_and_an_entry_that_says_why() -> None:
    job = running_job()
    lifecycle.add_step(job, "fetch")
    assert fail_lost_jobs() == [job.pk]
    job.refresh_from_db()
    assert (job.status, job.error, job.last_line) == ("failed", LOST, 1)
    assert job.steps.get().status == "failed"
    assert LogEntry.objects.values_list("message", "stream", "level").get() == (LOST, "system", 40)


@pytest.mark.parametrize("silent_for_s", [None, 0, 15])
def test_a_job_whose_heart_beats_or_that_has_none_is_left_alone(silent_for_s: float | None) -> None:
    job = running_job(silent_for_s)
    assert fail_lost_jobs() == []
    job.refresh_from_db()
    assert (job.status, job.last_line) == ("running", 0)


def test_a_job_that_has_ended_or_not_begun_is_left_alone() -> None:
    lifecycle.finish_job(running_job(), "completed")
    lifecycle.create_job("not begun")
    assert fail_lost_jobs() == []


def test_a_job_whose_heart_beats_just_before_it_is_failed_is_left_alone() -> None:
    job = running_job()
    silent = Q(heartbeat_at__lt=timezone.now() - lifecycle.LEASE)
    lifecycle.beat(job)
    assert not fail_lost_job(job, silent)
    job.refresh_from_db()
    assert (job.status, job.last_line) == ("running", 0)


def test_two_reapers_fail_a_job_once() -> None:
    job = running_job()
    found = at_once(fail_lost_jobs, fail_lost_jobs)
    assert sorted(found, key=len) == [[], [job.pk]]
    assert LogEntry.objects.count() == 1
