"""Who runs a job is decided by its row: claims, retries, jobs that run alone, and tasks that are lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.dispatch import Signal
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs import lifecycle, signals
from jobs.models import Job
from jobs.operations import cancel
from jobs.recording import NewEntry
from jobs.running.ending import backoff_s, end_attempt
from jobs.running.ordering.registered import AlreadyRuns
from jobs.running.task import run_job
from jobs.running.workers import dispatch
from jobs.running.workers.dispatch import enqueue_overdue
from jobs.terms.outcome import Outcome
from tests.factories import ago, make_job, make_step, stored_messages
from tests.orders import registered, run_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

Announced = Callable[[Signal], list[dict[str, Any]]]
FAILED, COMPLETED = Outcome("failed", 1, "broke"), Outcome("completed", 0, "", {"rows": 3})
WORKERS = [f"host:{number}" for number in range(6)]


def due(name: str = "import", **members: Any) -> Job:
    return lifecycle.create_job(name, **{"due_at": ago(seconds=1), **members})


def from_now(value: object) -> object:
    """The moment that is so far from now, of a duration; anything else as it is."""
    return timezone.now() + value if isinstance(value, timedelta) else value


def claimed(job: Job) -> Job:
    assert lifecycle.claim_job(job.pk, "host:1")
    return fresh(job)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def retryable(retries: int, attempt: int = 1, exclusive: str = "") -> Job:
    """A running attempt at a registered job."""
    spec = {"type": "registered", "runnable": "x", "retries": retries}
    job = due(spec=spec, exclusive=exclusive)
    Job.objects.filter(pk=job.pk).update(attempt=attempt)
    return claimed(job)


@pytest.fixture
def alone() -> Iterator[str]:
    with registered(lambda: None, name="alone", concurrency="skip", steps=["b", "a"]) as name:
        yield name


@pytest.fixture
def queued() -> Iterator[str]:
    with registered(lambda: None, name="queued", concurrency="queue") as name:
        yield name


def test_a_claimed_job_runs_with_a_lease() -> None:
    job = claimed(due())
    assert (job.status, job.worker, job.attempt) == ("running", "host:1", 1)
    assert job.started_at == job.heartbeat_at is not None


@pytest.mark.parametrize("attempt", range(3))
def test_one_of_many_workers_gets_it(announced: Announced, attempt: int) -> None:
    job = due()
    said = announced(signals.job_changed)
    won = at_once(*[partial(lifecycle.claim_job, job.pk, worker) for worker in WORKERS])
    assert won.count(True) == 1
    assert fresh(job).worker == WORKERS[won.index(True)]
    assert len(said) == 1


@pytest.mark.parametrize(
    "members",
    [
        {"due_at": None},
        {"due_at": timedelta(minutes=1)},
        {"cancel_requested_at": timedelta(seconds=-1)},
        {"status": "running"},
        {"status": "completed"},
        {"status": "cancelled"},
    ],
)
def test_nobody_gets_what_is_not_due_or_not_pending_or_to_end(members: dict[str, Any]) -> None:
    job = due()
    Job.objects.filter(pk=job.pk).update(**{name: from_now(value) for name, value in members.items()})
    before = Job.objects.values().get(pk=job.pk)
    assert not lifecycle.claim_job(job.pk, "host:1")
    assert Job.objects.values().get(pk=job.pk) == before
    assert not lifecycle.claim_job(make_job().pk, "host:1")


def test_a_job_ordered_by_somebody_whose_clock_is_ahead_is_due_at_once() -> None:
    job, ahead = due(), timezone.now() + timedelta(minutes=5)
    Job.objects.filter(pk=job.pk).update(created_at=ahead, due_at=ahead)
    assert lifecycle.claim_job(job.pk, "host:1")


@pytest.mark.parametrize("attempt", range(3))
def test_of_jobs_that_exclude_each_other_one_runs(attempt: int) -> None:
    jobs = [due(exclusive="x") for _ in WORKERS]
    others = [due(exclusive="y"), due(), due()]
    won = at_once(*[partial(lifecycle.claim_job, job.pk, "host:1") for job in [*jobs, *others]])
    assert won[: len(jobs)].count(True) == 1
    assert won[len(jobs) :] == [True, True, True]
    assert Job.objects.filter(exclusive="x", status="running").count() == 1


def test_a_later_attempt_keeps_when_the_run_began() -> None:
    first = retryable(1)
    end_attempt(first, FAILED)
    Job.objects.filter(pk=first.pk).update(due_at=ago(seconds=1))
    again = claimed(first)
    assert (again.attempt, again.started_at) == (2, first.started_at)
    assert again.heartbeat_at != first.heartbeat_at


def test_a_failure_with_retries_left_is_tried_again_later(announced: Announced) -> None:
    job = retryable(2)
    make_step(job)
    make_step(job, "coming", status="pending")
    lifecycle.set_progress(job, 50)
    said = announced(signals.job_due)
    assert end_attempt(job, FAILED)
    job = fresh(job)
    assert (job.status, job.attempt, job.progress, job.heartbeat_at) == ("pending", 2, None, None)
    assert (job.error, job.finished_at, job.exit_code) == ("", None, None)
    assert job.due_at is not None
    assert timedelta(seconds=1) < job.due_at - timezone.now() <= timedelta(seconds=2)
    assert [step.status for step in job.steps.all()] == ["cancelled", "pending"]
    assert stored_messages(job) == ["attempt 1 of 3 has failed (broke): the next one begins in 2 s"]
    assert [(each["job_id"], each["due_at"]) for each in said] == [(job.pk, job.due_at)]


def test_the_last_attempt_fails_for_good() -> None:
    job = retryable(2, attempt=3)
    assert end_attempt(job, FAILED)
    job = fresh(job)
    assert (job.status, job.attempt, job.error, job.exit_code) == ("failed", 3, "broke", 1)
    assert stored_messages(job) == []


def test_success_and_cancel_are_not_tried_again() -> None:
    done, cancelled = retryable(2), retryable(2)
    assert end_attempt(done, COMPLETED)
    assert end_attempt(cancelled, Outcome("cancelled", 143, "cancelled on request"))
    assert (fresh(done).status, fresh(done).result) == ("completed", {"rows": 3})
    assert fresh(cancelled).status == "cancelled"


def test_what_is_to_end_is_not_tried_again() -> None:
    job = retryable(2)
    lifecycle.request_cancel(job)
    assert end_attempt(job, FAILED)
    assert (fresh(job).status, fresh(job).attempt) == ("failed", 1)


@pytest.mark.parametrize("outcome", [FAILED, COMPLETED])
@pytest.mark.parametrize(
    "moved_on", [{"attempt": 2}, {"status": "completed"}, {"status": "cancelled"}, {"status": "pending", "attempt": 2}]
)
def test_a_stale_attempt_changes_nothing(outcome: Outcome, moved_on: dict[str, Any]) -> None:
    stale = retryable(5)
    step = make_step(stale)
    Job.objects.filter(pk=stale.pk).update(**moved_on)
    before = Job.objects.values().get(pk=stale.pk)
    assert not end_attempt(stale, outcome, [NewEntry("last words")])
    assert Job.objects.values().get(pk=stale.pk) == before
    assert (stored_messages(stale), step.job.steps.get().status) == ([], "running")


@pytest.mark.parametrize("attempt", range(3))
def test_two_ends_of_an_attempt_at_once_are_one(attempt: int) -> None:
    job = retryable(1)
    won = at_once(
        partial(end_attempt, job, FAILED), partial(end_attempt, job, FAILED), partial(end_attempt, job, FAILED)
    )
    assert won.count(True) == 1
    assert (fresh(job).status, fresh(job).attempt, len(stored_messages(job))) == ("pending", 2, 1)


def test_a_job_that_waits_for_its_next_attempt_is_cancelled_at_once() -> None:
    job = retryable(1)
    end_attempt(job, FAILED)
    cancel(fresh(job), "ann")
    assert (fresh(job).status, fresh(job).attempt) == ("cancelled", 2)


def test_a_stale_attempt_keeps_no_lease() -> None:
    stale = retryable(1)
    end_attempt(stale, FAILED)
    Job.objects.filter(pk=stale.pk).update(due_at=ago(seconds=1))
    again = claimed(stale)
    assert not lifecycle.beat(stale)
    assert lifecycle.beat(again)


def test_waits_double_up_to_five_minutes() -> None:
    assert [backoff_s(attempt) for attempt in (1, 2, 3, 8, 9, 100)] == [2, 4, 8, 256, 300, 300]


def test_a_retry_of_another_attempt_is_none() -> None:
    job = retryable(5)
    assert not lifecycle.retry_job(job, 2, due_at=timezone.now())
    assert not lifecycle.retry_job(make_job(status="pending"), 1, due_at=timezone.now())


def test_the_steps_of_a_registered_job_are_there_from_the_start_in_order(alone: str) -> None:
    job = run_of(alone)
    assert [(step.name, step.position, step.status) for step in job.steps.all()] == [
        ("b", 0, "pending"),
        ("a", 1, "pending"),
    ]


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_second_order_is_skipped_and_leaves_nothing(alone: str, announced: Announced, status: str) -> None:
    first = run_of(alone)
    if status == "running":
        claimed(first)
    said = announced(signals.job_due)
    with pytest.raises(AlreadyRuns, match=f"alone is {status} already"):
        run_of(alone)
    assert (list(Job.objects.listed()), said) == ([first], [])
    lifecycle.finish_job(first, "completed")
    assert run_of(alone).status == "pending"


@pytest.mark.parametrize("attempt", range(4))
def test_of_orders_at_once_one_is_taken(alone: str, attempt: int) -> None:
    def order() -> bool:
        try:
            return bool(run_of(alone))
        except AlreadyRuns:
            return False

    assert at_once(order, order, order, order).count(True) == 1
    assert Job.objects.listed().count() == 1


def test_queued_orders_wait_for_each_other(queued: str) -> None:
    first, second = run_of(queued), run_of(queued)
    assert first.exclusive == second.exclusive
    claimed(first)
    assert not lifecycle.claim_job(second.pk, "host:2")
    lifecycle.finish_job(first, "failed")
    assert lifecycle.claim_job(second.pk, "host:2")


def test_the_end_of_one_calls_who_has_waited_longest(queued: str, announced: Announced) -> None:
    running, *waiting = [run_of(queued) for _ in range(4)]
    for job, seconds in zip(waiting, (5, 60, -60), strict=True):
        Job.objects.filter(pk=job.pk).update(due_at=ago(seconds=seconds))
    running = claimed(running)
    said = announced(signals.job_due)
    end_attempt(running, COMPLETED)
    assert [each["job_id"] for each in said] == [waiting[1].pk]


def test_who_waits_comes_before_the_next_attempt(announced: Announced) -> None:
    job = retryable(3, exclusive="x")
    waiting = due(exclusive="x")
    said = announced(signals.job_due)
    end_attempt(job, FAILED)
    assert [each["job_id"] for each in said] == [job.pk, waiting.pk]
    assert said[1]["due_at"] <= timezone.now()


def enqueued() -> list[str]:
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.order_by("enqueued_at")]


def test_a_due_job_is_enqueued_by_its_id_alone() -> None:
    job = due()
    (task,) = DBTaskResult.objects.all()
    assert task.args_kwargs == {"args": [str(job.pk)], "kwargs": {}}
    lifecycle.create_job("not for workers")
    assert len(enqueued()) == 1


def test_a_job_that_is_due_later_is_enqueued_for_then() -> None:
    later = timezone.now() + timedelta(minutes=5)
    due(due_at=later)
    assert DBTaskResult.objects.get().run_after == later


def test_a_backend_that_cannot_defer_is_not_asked_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(run_job.get_backend(), "supports_defer", False)
    due(due_at=timezone.now() + timedelta(minutes=5))
    assert (enqueued(), caplog.records) == ([], [])
    job = due()
    assert enqueued() == [str(job.pk)]


def test_jobs_whose_tasks_are_lost_are_enqueued_again_oldest_first() -> None:
    jobs = [due(str(number), due_at=ago(minutes=number)) for number in range(1, 13)]
    DBTaskResult.objects.all().delete()
    assert enqueue_overdue() == dispatch.MOST_AT_ONCE == 10
    assert enqueued() == [str(job.pk) for job in reversed(jobs[2:])]


def test_only_what_could_run_is_enqueued_again() -> None:
    running = claimed(due("running", exclusive="x"))
    waiting = due("waiting", due_at=ago(minutes=1), exclusive="x")
    lifecycle.request_cancel(due("cancelled", due_at=ago(minutes=1)))
    due("just now", due_at=ago(seconds=1))
    due("later", due_at=ago(minutes=-1))
    lifecycle.create_job("not for workers")
    free = due("free", due_at=ago(minutes=1))
    DBTaskResult.objects.all().delete()
    assert (enqueue_overdue(), enqueued()) == (1, [str(free.pk)])
    lifecycle.finish_job(running, "completed")
    DBTaskResult.objects.all().delete()
    assert enqueue_overdue() == 2
    assert set(enqueued()) == {str(free.pk), str(waiting.pk)}
