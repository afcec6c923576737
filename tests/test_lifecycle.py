"""Jobs and steps change state by conditional updates: one outcome, one event (promise D5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from jobs import lifecycle, signals, statuses
from jobs.models import DeletedJob, Job, LogEntry, NoSuchJob, Step
from tests.factories import ago, append_lines, make_job, make_step, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

Announced = Callable[[Signal], list[dict[str, Any]]]


def status_of(row: Job | Step) -> str:
    row.refresh_from_db()
    return row.status


def test_a_new_job_is_pending_and_knows_where_it_comes_from() -> None:
    parent, user = make_job("parent"), make_user()
    job = lifecycle.create_job("import", kind="nightly", parent=parent, rerun_of=parent, created_by=user)
    stored = Job.objects.get(pk=job.pk)
    assert (stored.status, stored.kind, stored.started_at) == ("pending", "nightly", None)
    assert (stored.parent, stored.rerun_of, stored.created_by) == (parent, parent, user)


def test_only_one_of_two_workers_starts_a_job(announced: Announced) -> None:
    job = make_job(status="pending")
    said = announced(signals.job_changed)
    won = at_once(*[partial(lifecycle.start_job, job, worker=name) for name in ("left", "right")])
    job.refresh_from_db()
    assert sorted(won) == [False, True]
    assert job.worker == ("left" if won[0] else "right")
    assert [each["job_id"] for each in said] == [job.pk]


def test_a_job_that_only_reports_in_has_no_lease() -> None:
    leased, reporting = make_job(status="pending"), make_job(status="pending")
    lifecycle.start_job(leased)
    lifecycle.start_job(reporting, leased=False)
    leased.refresh_from_db()
    reporting.refresh_from_db()
    assert (leased.heartbeat_at == leased.started_at, reporting.heartbeat_at) == (True, None)


def test_two_cancels_are_one_request(job: Job, announced: Announced) -> None:
    said = announced(signals.job_changed)
    won = at_once(partial(lifecycle.request_cancel, job), partial(lifecycle.request_cancel, job))
    assert sorted(won) == [False, True]
    assert len(said) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_cancel_that_races_a_finish_gives_one_outcome_and_one_event(
    job: Job, announced: Announced, attempt: int
) -> None:
    said = announced(signals.job_changed)
    won = at_once(
        partial(lifecycle.finish_job, job, "completed", exit_code=0),
        partial(lifecycle.finish_job, job, "cancelled", exit_code=130),
    )
    job.refresh_from_db()
    assert sorted(won) == [False, True]
    assert (job.status, job.exit_code) == (("completed", 0) if won[0] else ("cancelled", 130))
    assert len(said) == 1


@pytest.mark.parametrize("ended", ["completed", "failed", "cancelled"])
def test_nothing_leaves_a_terminal_status(ended: str) -> None:
    job = make_job(status=ended)
    before = Job.objects.values().get(pk=job.pk)
    assert not lifecycle.start_job(job)
    assert not lifecycle.finish_job(job, "failed", error="too late")
    assert not lifecycle.request_cancel(job)
    assert not lifecycle.beat(job)
    assert not lifecycle.set_progress(job, 50)
    assert Job.objects.values().get(pk=job.pk) == before


def test_a_finish_stores_how_it_ended(job: Job) -> None:
    assert lifecycle.finish_job(job, "failed", exit_code=3, result={"rows": float("nan")}, error="no\0disk")
    job.refresh_from_db()
    assert (job.status, job.exit_code, job.result, job.error) == ("failed", 3, {"rows": "NaN"}, "no�disk")
    assert job.finished_at is not None


@pytest.mark.parametrize(
    ("ended", "given", "kept"),
    [("completed", 40, 100), ("completed", None, None), ("failed", 40, 40), ("cancelled", 40, 40)],
)
def test_the_progress_of_a_completed_job_is_full(job: Job, ended: str, given: float | None, kept: float | None) -> None:
    if given is not None:
        lifecycle.set_progress(job, given)
    lifecycle.finish_job(job, ended)
    job.refresh_from_db()
    assert job.progress == kept


def test_the_reason_of_a_failed_step_is_kept_as_far_as_every_status_can_have_it(job: Job) -> None:
    step = make_step(job)
    lifecycle.finish_step(step, "failed", error="x" * 5000)
    step.refresh_from_db()
    assert step.error == "x" * 1999 + "…"


@pytest.mark.parametrize(
    ("ended", "running_becomes"), [("completed", "completed"), ("failed", "cancelled"), ("cancelled", "cancelled")]
)
def test_open_steps_end_with_their_job(job: Job, ended: str, running_becomes: str) -> None:
    running, waiting = make_step(job, "running"), make_step(job, "waiting", status="pending")
    done = make_step(job, "done", status="skipped")
    lifecycle.finish_job(job, ended)
    assert [status_of(step) for step in (running, waiting, done)] == [running_becomes, "skipped", "skipped"]
    assert running.finished_at is not None


def test_steps_of_other_jobs_go_on(job: Job) -> None:
    step = make_step(make_job("other"))
    lifecycle.finish_job(job, "completed")
    assert status_of(step) == "running"


def test_a_finish_that_lost_leaves_the_steps_alone(job: Job) -> None:
    step = make_step(job)
    assert not lifecycle.finish_job(job, "failed", only_if=Q(worker="somebody else"))
    assert (status_of(job), status_of(step)) == ("running", "running")


@pytest.mark.parametrize("status", ["running", "pending", "skipped", "done"])
def test_a_job_ends_in_no_other_status(job: Job, status: str) -> None:
    with pytest.raises(ValueError, match="completed, failed, cancelled"):
        lifecycle.finish_job(job, status)


def test_every_change_raises_the_revision_and_is_announced_once(job: Job, announced: Announced) -> None:
    step = make_step(job, status="pending")
    said = announced(signals.job_changed)
    revisions = [Job.objects.get(pk=job.pk).revision]
    for change in (
        partial(lifecycle.set_progress, job, 10),
        partial(lifecycle.start_step, step),
        partial(lifecycle.finish_step, step, "completed"),
        partial(lifecycle.request_cancel, job),
        partial(lifecycle.finish_job, job, "cancelled"),
    ):
        assert change()
        revisions.append(Job.objects.get(pk=job.pk).revision)
    assert revisions == list(range(revisions[0], revisions[0] + 6))
    assert len(said) == 5


def test_a_change_is_announced_after_the_commit_and_not_when_it_is_rolled_back(job: Job, announced: Announced) -> None:
    said = announced(signals.job_changed)
    with transaction.atomic():
        lifecycle.set_progress(job, 10)
        transaction.set_rollback(True)
    with transaction.atomic():
        lifecycle.set_progress(job, 20)
        assert said == []
    assert len(said) == 1


def test_a_heartbeat_is_no_change(job: Job, announced: Announced) -> None:
    said = announced(signals.job_changed)
    before = Job.objects.get(pk=job.pk)
    assert lifecycle.beat(job)
    after = Job.objects.get(pk=job.pk)
    assert (after.heartbeat_at != before.heartbeat_at, after.revision, said) == (True, before.revision, [])


@pytest.mark.parametrize("percent", [-1, 100.1, float("nan")])
def test_progress_beyond_its_bounds_is_refused(job: Job, percent: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 100"):
        lifecycle.set_progress(job, percent)


def test_a_step_ends_once(job: Job) -> None:
    step = make_step(job)
    won = at_once(partial(lifecycle.finish_step, step, "completed"), partial(lifecycle.finish_step, step, "failed"))
    assert sorted(won) == [False, True]
    assert status_of(step) == ("completed" if won[0] else "failed")


def test_a_step_that_did_not_change_does_not_raise_the_revision(job: Job, announced: Announced) -> None:
    step = make_step(job, status="completed")
    said = announced(signals.job_changed)
    before = Job.objects.get(pk=job.pk).revision
    assert not lifecycle.finish_step(step, "failed")
    assert (Job.objects.get(pk=job.pk).revision, said) == (before, [])


def test_a_lost_step_change_does_not_undo_what_surrounds_it(job: Job) -> None:
    step = make_step(job, status="completed")
    with transaction.atomic():
        append_lines(job, 1)
        assert not lifecycle.finish_step(step, "failed")
    assert LogEntry.objects.count() == 1


def test_steps_are_added_in_order(job: Job) -> None:
    steps = [lifecycle.add_step(job, "fetch"), lifecycle.add_step(job, "load", status="pending")]
    assert [(step.position, step.status, step.started_at is None) for step in steps] == [
        (0, "running", False),
        (1, "pending", True),
    ]


def test_a_step_of_no_job_is_refused() -> None:
    with pytest.raises(NoSuchJob):
        lifecycle.add_step(uuid4(), "fetch")


@pytest.mark.parametrize("status", ["pending", "running", "done"])
def test_a_step_ends_in_no_other_status(job: Job, status: str) -> None:
    with pytest.raises(ValueError, match="does not end a step"):
        lifecycle.finish_step(make_step(job), status)


def test_a_running_job_is_not_deleted(job: Job) -> None:
    with pytest.raises(lifecycle.JobIsRunning):
        lifecycle.delete_job(job)
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.parametrize("delete", [lifecycle.delete_job, lambda job: Job.objects.filter(pk=job.pk).delete()])
def test_a_deleted_job_goes_with_its_entries_and_leaves_a_tombstone(
    announced: Announced, delete: Callable[[Job], object]
) -> None:
    job, child = make_job(status="completed"), make_job("child")
    Job.objects.filter(pk=child.pk).update(parent=job)
    job_id = job.pk
    append_lines(job, 3, step=make_step(job))
    said = announced(signals.job_deleted)
    delete(job)
    assert not Job.objects.filter(pk=job_id).exists()
    assert (LogEntry.objects.count(), Step.objects.count()) == (0, 0)
    assert DeletedJob.objects.filter(pk=job_id).exists()
    assert [each["job_id"] for each in said] == [job_id]
    assert Job.objects.get(pk=child.pk).parent is None


def test_terminal_statuses_are_what_the_design_says() -> None:
    assert sorted(statuses.TERMINAL) == ["cancelled", "completed", "failed", "skipped"]
    assert make_job(status="failed", finished_at=ago(days=1)).is_finished
    assert not make_job().is_finished


@pytest.mark.parametrize(("progress", "at_the_end"), [(97.0, 100.0), (None, None)])
def test_a_completed_job_has_full_progress_where_progress_was_reported(
    progress: float | None, at_the_end: float | None
) -> None:
    completed, failed = make_job(progress=progress), make_job(progress=progress)
    lifecycle.finish_job(completed, "completed")
    lifecycle.finish_job(failed, "failed")
    assert [Job.objects.get(pk=job.pk).progress for job in (completed, failed)] == [at_the_end, progress]
