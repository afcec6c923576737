"""A job whose heart is silent is failed, once, and only such a job (D8)."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

import pytest
from django.utils import timezone

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job, LogEntry, Worker
from jobs.running.ending import end_attempt
from jobs.running.processes.machine import machine_id, start_time
from jobs.running.processes.scratch import scratch_directory
from jobs.running.workers import liveness
from jobs.running.workers.reaper import LOST, fail_jobs_of_gone_workers, fail_silent_jobs, heartbeats
from jobs.terms.outcome import Outcome
from tests.factories import make_job, stored_messages
from tests.runs import fail_lost_jobs
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

HERE = machine_id()
NO_PID = 2**22 + 1  # beyond what Linux gives


def running_job(*, leased: bool = True) -> Job:
    job = lifecycle.create_job("nightly import")
    lifecycle.start_job(job, leased=leased)
    return job


def test_a_silent_job_is_failed_with_its_steps_and_an_entry_that_says_why() -> None:
    job = running_job()
    lifecycle.add_step(job, "fetch")
    assert fail_lost_jobs() == [job.pk]
    job.refresh_from_db()
    assert (job.status, job.error, job.last_line) == ("failed", LOST, 1)
    assert job.steps.get().status == "cancelled"
    assert job.entries.values_list("message", "stream", "level").get() == (LOST, "system", 40)
    [news] = LogEntry.objects.filter(job=SERVICE_JOB_ID).values_list("message", "level")
    assert news == (f"nightly import ({job.pk}) {LOST} and has failed: no heartbeat came for 20 s", 30)


def test_a_job_that_has_no_heart_is_left_alone() -> None:
    job = running_job(leased=False)
    assert fail_lost_jobs() == []
    job.refresh_from_db()
    assert (job.status, job.last_line) == ("running", 0)


def test_a_job_that_has_ended_or_not_begun_is_left_alone() -> None:
    lifecycle.finish_job(running_job(), "completed")
    lifecycle.create_job("not begun")
    assert fail_lost_jobs() == []


def test_a_job_whose_heart_beats_just_before_it_is_failed_is_left_alone() -> None:
    job = running_job()
    silent = heartbeats()
    lifecycle.beat(job)
    assert fail_silent_jobs(silent) == []
    job.refresh_from_db()
    assert (job.status, job.last_line) == ("running", 0)


def test_two_reapers_fail_a_job_once() -> None:
    job = running_job()
    found = at_once(fail_lost_jobs, fail_lost_jobs)
    assert sorted(found, key=len) == [[], [job.pk]]
    assert (job.entries.count(), LogEntry.objects.filter(job=SERVICE_JOB_ID).count()) == (1, 1)


def make_worker(name: str = "here:1", **members: Any) -> Worker:
    """The row of a worker that is this process."""
    told = {"hostname": "here", "pid": os.getpid(), "machine": HERE, "process_started_at": start_time(os.getpid())}
    return Worker.objects.create(name=name, **{**told, **members})


def job_of(worker: Worker, **members: Any) -> Job:
    """A job that it runs."""
    job = lifecycle.create_job("import", due_at=timezone.now(), **members)
    lifecycle.claim_job(job.pk, worker.name)
    Worker.objects.filter(pk=worker.pk).update(job=job)
    return job


@pytest.mark.parametrize("gone", [{"pid": NO_PID}, {"process_started_at": 1}])
def test_the_job_of_a_worker_whose_process_is_gone_fails_at_once(gone: dict[str, int]) -> None:
    worker = make_worker(**gone)
    job, other = job_of(worker), job_of(make_worker("here:2"))
    assert fail_jobs_of_gone_workers() == [job.pk]
    job.refresh_from_db()
    assert (job.status, job.error, job.exit_code) == ("failed", LOST, None)
    assert list(Worker.objects.values_list("name", flat=True)) == ["here:2"]
    assert Job.objects.get(pk=other.pk).status == "running"


def test_a_worker_that_is_a_zombie_is_gone() -> None:
    with subprocess.Popen(["true"], start_new_session=True) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert start_time(ended.pid) is None
        job = job_of(make_worker(pid=ended.pid, process_started_at=1))
        assert fail_lost_jobs() == [job.pk]


def test_a_lost_job_that_declares_retries_is_tried_again() -> None:
    spec = {"type": "registered", "runnable": "x", "retries": 1}
    job = job_of(make_worker(pid=NO_PID), spec=spec)
    assert fail_lost_jobs() == [job.pk]
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("pending", 2)
    assert stored_messages(job) == [LOST, f"attempt 1 of 2 has failed ({LOST}): the next one begins in 2 s"]
    assert fail_lost_jobs() == []


def test_what_a_lost_run_has_left_on_the_disk_goes_and_nothing_else() -> None:
    job, other = job_of(make_worker(pid=NO_PID)), make_job()
    with scratch_directory(job.pk) as left, scratch_directory(other.pk) as kept:
        pass
    (left / "file").touch()
    fail_lost_jobs()
    assert (left.exists(), kept.exists()) == (False, True)
    kept.rmdir()


@pytest.mark.slow
def test_what_a_lost_run_has_left_running_is_killed_and_nothing_else() -> None:
    job, other = job_of(make_worker(pid=NO_PID)), make_job()
    stray, kept = (subprocess.Popen(["sleep", "60"], env={"QUAERO_JOB_ID": str(each.pk)}) for each in (job, other))
    assert fail_lost_jobs() == [job.pk]
    assert stray.wait() == -signal.SIGKILL
    assert kept.poll() is None
    kept.kill()
    kept.wait()


@pytest.mark.slow
def test_what_runs_for_a_job_that_no_worker_runs_is_left_alone() -> None:
    job = running_job()
    with subprocess.Popen(["sleep", "60"], env={"QUAERO_JOB_ID": str(job.pk)}) as program:
        assert fail_lost_jobs() == [job.pk]
        assert program.poll() is None
        program.kill()


def test_a_lost_job_without_retries_is_not_run_twice() -> None:
    job = job_of(make_worker(pid=NO_PID), spec={"type": "program", "program": "1"})
    fail_lost_jobs()
    assert Job.objects.get(pk=job.pk).status == "failed"
    assert not lifecycle.claim_job(job.pk, "here:2")


def test_a_lost_job_that_was_asked_to_end_is_cancelled_and_not_tried_again() -> None:
    job = job_of(make_worker(pid=NO_PID), spec={"type": "registered", "runnable": "x", "retries": 1})
    lifecycle.request_cancel(job)
    fail_lost_jobs()
    assert Job.objects.values_list("status", "error").get(pk=job.pk) == ("cancelled", LOST)


@pytest.mark.parametrize("machine", ["another boot pid:[1]", ""])
def test_of_another_machine_only_silence_tells(machine: str) -> None:
    worker = make_worker(pid=NO_PID, machine=machine)
    silent = job_of(worker)
    assert fail_jobs_of_gone_workers() == []
    assert fail_lost_jobs() == [silent.pk]
    assert Worker.objects.count() == 1


def test_where_processes_cannot_be_told_apart_only_silence_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "machine_id", lambda: "")
    job_of(make_worker(pid=NO_PID, machine=""))
    assert fail_jobs_of_gone_workers() == []


def test_a_job_without_a_heart_is_left_alone_though_its_worker_is_gone() -> None:
    worker = make_worker(pid=NO_PID)
    job = lifecycle.create_job("reported")
    lifecycle.start_job(job, worker=worker.name, leased=False)
    assert (fail_lost_jobs(), Worker.objects.count()) == ([], 0)


@pytest.mark.parametrize("attempt", range(3))
def test_many_reapers_free_a_gone_workers_job_once(attempt: int) -> None:
    job = job_of(make_worker(pid=NO_PID), spec={"type": "registered", "runnable": "x", "retries": 5})
    found = at_once(*[fail_lost_jobs] * 4)
    assert sorted(found, key=len) == [[], [], [], [job.pk]]
    job.refresh_from_db()
    assert (job.attempt, len(stored_messages(job))) == (2, 2)


def test_the_end_that_comes_after_its_job_was_given_up_is_none() -> None:
    job = Job.objects.get(pk=job_of(make_worker(pid=NO_PID)).pk)
    fail_lost_jobs()
    assert not end_attempt(job, Outcome("completed", 0, ""))
    assert not lifecycle.beat(job)
    assert stored_messages(job) == [LOST]
