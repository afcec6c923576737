"""Silence counts only where a heart could have beaten, and as long as it was watched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job, Worker
from jobs.running.processes.machine import machine_id
from jobs.running.workers import liveness, lookout
from jobs.running.workers.lookout import Lookout
from tests.factories import make_job

pytestmark = pytest.mark.django_db

NO_PID = 2**22 + 1  # beyond what Linux gives


def running_job(worker: str = "there:1") -> Job:
    job = make_job(status="pending")
    lifecycle.start_job(job, worker=worker)
    return job


class Watch:
    """Looks every 5 s of a clock of its own, as somebody in whom machine and database are well."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lookout = Lookout(clock=lambda: self.now)

    def looks(self, times: int) -> list[object]:
        """What each look finds."""
        return [self.look_after(5) for _ in range(times)]

    def look_after(self, seconds: float) -> object:
        self.now += seconds
        return self.lookout.look()


def test_a_heart_is_silent_when_it_was_watched_for_its_whole_lease() -> None:
    job = running_job()
    assert Watch().looks(5) == [[], [], [], [], [job.pk]]


def test_a_heart_that_beats_is_never_lost() -> None:
    job, watch = running_job(), Watch()
    for _ in range(20):
        assert watch.looks(3) == [[], [], []]
        lifecycle.beat(job)


@pytest.mark.parametrize("wrong_by", [timedelta(seconds=-19), timedelta(days=-400), timedelta(hours=26)])
def test_the_clock_of_a_heart_may_say_anything(wrong_by: timedelta) -> None:
    job, watch = running_job(), Watch()
    for beat in range(12):
        moment = timezone.now() + wrong_by + beat * timedelta(microseconds=1)
        Job.objects.filter(pk=job.pk).update(heartbeat_at=moment)
        assert watch.looks(3) == [[], [], []]
    assert watch.looks(2)[-1] == [job.pk]


@pytest.mark.parametrize("pause_s", [27, 3600, -3600], ids=["it could not look", "asleep", "the clock was set"])
def test_nobody_is_lost_who_could_not_beat_and_whoever_does_not_then_is(pause_s: float) -> None:
    job, watch = running_job(), Watch()
    watch.looks(4)
    assert watch.look_after(pause_s) == []
    assert watch.looks(4) == [[], [], [], [job.pk]]


def test_who_had_to_wait_for_the_others_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    job, watch = running_job(), Watch()
    watch.looks(4)
    with monkeypatch.context() as locked:
        locked.setattr(lookout, "write", lambda: setattr(watch, "now", watch.now + 4))
        assert watch.look_after(5) == []
    assert watch.looks(4) == [[], [], [], [job.pk]]


def test_a_look_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    job, watch = running_job(), Watch()
    watch.looks(4)
    with monkeypatch.context() as full:
        full.setattr(lookout, "write", raise_full)
        with pytest.raises(OperationalError):
            watch.look_after(5)
    assert watch.looks(5) == [[], [], [], [], [job.pk]]


def raise_full() -> None:
    raise OperationalError("database or disk is full")


def test_whether_others_can_write_is_found_out_by_writing() -> None:
    before = Job.objects.values_list("updated_at").get(pk=SERVICE_JOB_ID)
    Lookout().look()
    assert Job.objects.values_list("updated_at").get(pk=SERVICE_JOB_ID) != before


def test_the_job_of_a_worker_that_is_known_to_be_gone_is_lost_at_once() -> None:
    Worker.objects.create(name="here:1", pid=NO_PID, machine=machine_id(), process_started_at=1)
    job = running_job("here:1")
    assert Watch().looks(1) == [[job.pk]]


def make_worker(name: str) -> Worker:
    return Worker.objects.create(
        name=name, pid=1, machine="another", process_started_at=1, heartbeat_at=timezone.now() - timedelta(hours=3)
    )


def test_a_worker_whose_clock_is_wrong_is_heard_until_it_beats_no_more() -> None:
    worker, watch = make_worker("there:1"), Watch()
    watch.looks(4)
    assert not liveness.is_silent(worker, lambda: watch.now)
    watch.looks(1)
    assert liveness.is_silent(worker, lambda: watch.now)


def test_a_worker_that_is_silent_for_long_is_forgotten_and_what_beats_goes_on() -> None:
    watch = Watch()
    make_worker("there:1")
    beating = make_worker("there:2")
    for minute in range(61):
        watch.looks(12)
        Worker.objects.filter(pk=beating.pk).update(heartbeat_at=timezone.now() + timedelta(minutes=minute))
    assert list(Worker.objects.values_list("name", flat=True)) == ["there:2"]
