"""Silence counts only where a heart could have beaten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import lifecycle
from jobs.models import Job, Worker
from jobs.running import lookout
from jobs.running.lookout import Lookout
from jobs.running.machine import machine_id
from tests.factories import make_job

pytestmark = pytest.mark.django_db

NO_PID = 2**22 + 1  # beyond what Linux gives


def silent_job(worker: str = "there:1") -> Job:
    job = make_job(status="pending")
    lifecycle.start_job(job, worker=worker)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    return job


def looking(*moments: float) -> Lookout:
    """One whose clock says these, in pairs: before and after it could write."""
    ticks: Iterator[float] = iter(moments)
    return Lookout(clock=lambda: next(ticks))


def test_a_silent_job_is_lost_with_the_second_look() -> None:
    job, watch = silent_job(), looking(0, 0, 5, 5)
    assert [watch.look(), watch.look()] == [[], [job.pk]]


@pytest.mark.parametrize(
    "second",
    [(5, 32), (27, 27), (3600, 3600), (-3600, -3600)],
    ids=["it had to wait for the others", "it could not look", "the machine slept", "the clock was set"],
)
def test_nobody_is_lost_who_could_not_beat_and_whoever_does_not_then_is(second: tuple[float, float]) -> None:
    job = silent_job()
    watch = looking(0, 0, *second, second[1] + 5, second[1] + 5)
    assert [watch.look(), watch.look(), watch.look()] == [[], [], [job.pk]]


def test_a_look_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    job, watch = silent_job(), looking(0, 0, 5, 35, 35, 40, 40)
    assert watch.look() == []
    with monkeypatch.context() as locked:
        locked.setattr(lookout, "begin_to_write", raise_locked)
        with pytest.raises(OperationalError):
            watch.look()
    assert [watch.look(), watch.look()] == [[], [job.pk]]


def raise_locked() -> None:
    raise OperationalError("database is locked")


def test_the_job_of_a_worker_that_is_known_to_be_gone_is_lost_at_once() -> None:
    Worker.objects.create(name="here:1", pid=NO_PID, machine=machine_id(), process_started_at=1)
    job = silent_job("here:1")
    assert looking(0, 0).look() == [job.pk]
