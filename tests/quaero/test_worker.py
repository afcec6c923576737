"""`manage.py work` as a process: it takes jobs, stops on signals, and other processes end the jobs of a killed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest
from django.conf import settings
from django.db import connection

from jobs import lifecycle
from jobs.models import Job, Worker
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.specs import RegisteredSpec, as_json
from tests.factories import ago, make_job
from tests.processes import ROOT, environment, eventually
from tests.runs import fail_lost_jobs, said, said_by_system

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Work = Callable[..., subprocess.Popen[bytes]]
SOON_S = 20.0  # on a busy machine; well before any patience or program here is over by itself


@pytest.fixture(autouse=True)
def programs(settings: object) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")  # type: ignore[attr-defined]


@pytest.fixture
def work() -> Iterator[Work]:
    """Starts workers on the test's database; returns when they are there."""
    started: list[subprocess.Popen[bytes]] = []
    variables = {
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "QUAERO_PROGRAMS": "python,shell",
    }

    def start(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "work", "--quiet", *options]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**variables))
        started.append(process)
        eventually(lambda: Worker.objects.filter(pid=process.pid).exists())
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def status_of(job: Job) -> str:
    return Job.objects.values_list("status", flat=True).get(pk=job.pk)


def test_jobs_are_taken_as_they_come(work: Work) -> None:
    work()
    for number in range(3):
        job = order_program(f"echo {number}", language="shell")
        eventually(lambda job=job: status_of(job) == "completed")  # type: ignore[misc]
        assert said(job) == [str(number)]


def test_a_worker_says_what_it_runs(work: Work) -> None:
    process = work()
    job = order_program("sleep 60", language="shell")
    eventually(lambda: Worker.objects.filter(pid=process.pid, job=job.pk).exists())
    lifecycle.request_cancel(job)
    eventually(lambda: Worker.objects.filter(pid=process.pid, job=None).exists())


def test_a_job_whose_task_is_lost_is_found_by_an_idle_worker(work: Work) -> None:
    job = make_job(
        status="pending", due_at=ago(minutes=1), spec={"type": "program", "program": "echo x", "language": "shell"}
    )
    work()
    eventually(lambda: status_of(job) == "completed")


def test_an_idle_worker_stops_at_once_on_a_signal(work: Work) -> None:
    process = work()
    process.send_signal(signal.SIGTERM)
    assert process.wait(SOON_S) == 0
    assert not Worker.objects.exists()


def test_a_stopped_worker_lets_its_job_end_and_takes_no_other(work: Work) -> None:
    process = work("--drain", "30")
    first = order_program("echo begun; sleep 1; echo ended", language="shell")
    eventually(lambda: said(first))
    second = order_program("echo never", language="shell")
    process.send_signal(signal.SIGTERM)
    eventually(lambda: Worker.objects.filter(is_stopping=True).exists() or not Worker.objects.exists())
    assert process.wait(SOON_S) == 0
    assert (status_of(first), said(first), status_of(second)) == ("completed", ["begun", "ended"], "pending")


@pytest.mark.parametrize(("drain", "signals"), [("0", 1), ("0.3", 1), ("30", 2)])
def test_a_job_that_outlives_the_patience_of_its_worker_fails_with_the_reason(
    work: Work, drain: str, signals: int
) -> None:
    process = work("--drain", drain)
    job = order_program("trap '' TERM; echo begun; sleep 60", language="shell")
    eventually(lambda: said(job))
    for number in range(signals):
        if number:
            eventually(lambda: Worker.objects.filter(is_stopping=True).exists())
        process.send_signal(signal.SIGTERM)
    assert process.wait(SOON_S) == 0
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "its worker was stopped")
    assert "its worker was stopped" in said_by_system(job)


def test_a_killed_worker_leaves_no_process_and_its_job_is_failed_by_another_at_once(work: Work) -> None:
    victim = work()
    job = order_program("setsid sleep 61 & echo $!; sleep 61", language="shell")
    pid = int(eventually(lambda: said(job))[0])
    work()
    victim.kill()
    eventually(lambda: status_of(job) == "failed", within_s=15)
    job.refresh_from_db()
    assert (job.error, said_by_system(job)) == ("lost its process", ["lost its process"])
    assert eventually(lambda: not psutil.pid_exists(pid), within_s=10)
    assert not Worker.objects.filter(pid=victim.pid).exists()


def test_a_killed_workers_job_is_tried_again_where_that_is_declared(work: Work) -> None:
    victim = work()
    job = order_program("echo begun; sleep 60", language="shell")
    eventually(lambda: said(job))
    Job.objects.filter(pk=job.pk).update(spec=as_json(RegisteredSpec("check-installation", retries=1)))
    victim.kill()
    victim.wait()
    assert fail_lost_jobs() == [job.pk]
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("pending", 2)
    assert said_by_system(job)[-1].startswith(
        "attempt 1 of 2 has failed (lost its process): the next one begins in 2 s"
    )
    work()
    eventually(lambda: status_of(job) == "completed")
