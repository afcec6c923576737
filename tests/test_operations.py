"""Cancel and delete, with all descendants of a job: one outcome, and an entry with the user's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from django.dispatch import Signal

from jobs import lifecycle, operations, signals, statuses
from jobs.lifecycle import JobIsRunning
from jobs.models import SERVICE_JOB_ID, DeletedJob, Job, LogEntry, NoSuchJob, Step
from jobs.operations import JobHasEnded, cancel, delete
from jobs.queries.families import descendants
from tests.factories import append_lines, make_job, make_step, stored_messages
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

Announced = Callable[[Signal], list[dict[str, Any]]]
ASKED = "cancel requested by ann"


def leased(name: str = "import", **members: Any) -> Job:
    """A job that a worker runs."""
    job = make_job(name, status="pending", **members)
    lifecycle.start_job(job)
    return fresh(job)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def state(job: Job) -> tuple[str, bool]:
    """Its status, and whether it was asked to end."""
    job = fresh(job)
    return job.status, job.cancel_requested_at is not None


def grandchild_of(job: Job, **members: Any) -> Job:
    return make_job("grandchild", parent=make_job("child", parent=job, **members), **members)


def test_a_pending_job_ends_at_once_and_the_log_names_who() -> None:
    job = make_job(status="pending")
    step = make_step(job, status="pending")
    assert cancel(job, "ann") == [job.pk]
    assert state(job) == ("cancelled", True)
    assert fresh(job).error == "cancelled by ann"
    assert Step.objects.get(pk=step.pk).status == "skipped"
    entry = LogEntry.objects.get(job=job)
    assert (entry.message, entry.stream, entry.step) == (ASKED, "system", None)


def test_a_job_with_a_runner_is_asked_and_goes_on_until_it_heeds() -> None:
    job = leased()
    assert cancel(job, "ann") == [job.pk]
    assert state(job) == ("running", True)
    assert stored_messages(job) == [ASKED]


def test_a_job_without_a_runner_is_ended() -> None:
    job = make_job(heartbeat_at=None)
    cancel(job, "ann")
    assert state(job) == ("cancelled", True)


def test_a_request_without_its_word_in_the_log_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(operations.recording, "append", fail)
    job = leased()
    with pytest.raises(OperationalError):
        cancel(job, "ann")
    assert state(job) == ("running", False)


def test_a_second_cancel_adds_nothing(announced: Announced) -> None:
    job = leased()
    cancel(job, "ann")
    before, said = Job.objects.values().get(pk=job.pk), announced(signals.job_changed)
    assert cancel(job, "bob") == []
    assert Job.objects.values().get(pk=job.pk) == before
    assert (stored_messages(job), said) == ([ASKED], [])


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_a_job_that_has_ended_is_not_cancelled(status: str) -> None:
    job = make_job(status=status)
    with pytest.raises(JobHasEnded, match="nightly import has ended already"):
        cancel(job, "ann")
    assert (state(job), stored_messages(job)) == ((status, False), [])


def test_a_cancel_reaches_all_generations() -> None:
    parent = leased()
    grandchild = grandchild_of(parent, status="pending")
    child = grandchild.parent
    assert child is not None
    other = make_job("other", status="pending")
    assert cancel(parent, "ann") == [parent.pk, child.pk, grandchild.pk]
    assert [state(job)[0] for job in (parent, child, grandchild, other)] == ["running", *["cancelled"] * 2, "pending"]
    assert stored_messages(grandchild) == [ASKED]


def test_what_an_ended_job_has_left_behind_is_cancelled() -> None:
    ended = make_job(status="completed")
    grandchild = grandchild_of(ended, status="pending")
    assert grandchild.pk in cancel(ended, "ann")
    assert (state(ended), state(grandchild)) == (("completed", False), ("cancelled", True))


@pytest.mark.parametrize("spawning", ["parent", "child"])
def test_what_appears_while_its_parent_is_asked_is_asked_too(spawning: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = leased("parent")
    leased("child", parent=parent)
    really_cancel = operations.cancel_one

    def spawn_last(job_id: Any, by: str) -> bool:
        job = Job.objects.get(pk=job_id)
        if job.name == spawning:
            make_job("born late", parent=job, status="pending")
        return really_cancel(job_id, by)

    monkeypatch.setattr(operations, "cancel_one", spawn_last)
    assert len(cancel(parent, "ann")) == 3
    assert state(Job.objects.get(name="born late"))[0] == "cancelled"


@pytest.mark.parametrize("attempt", range(15))
def test_a_cancel_that_races_a_finish_has_one_outcome(announced: Announced, attempt: int) -> None:
    job = make_job(status="pending") if attempt % 2 else leased()
    said = announced(signals.job_changed)

    def cancelled() -> bool:
        try:
            return bool(cancel(job, "ann"))
        except JobHasEnded:
            return False

    asked, finished = at_once(cancelled, partial(lifecycle.finish_job, job, "completed"))
    status, is_asked = state(job)
    assert status == ("completed" if finished else "cancelled")
    assert asked == is_asked
    assert stored_messages(job) == ([ASKED] if asked else [])
    assert finished or asked
    # A request and an end are a change each.
    assert len(said) == asked + 1


@pytest.mark.parametrize("attempt", range(10))
def test_cancels_at_once_are_one(attempt: int) -> None:
    job = leased()
    asked = at_once(*[partial(cancel, job, name) for name in ("ann", "bob", "eve", "joe")])
    assert sorted(map(len, asked)) == [0, 0, 0, 1]
    assert len(stored_messages(job)) == 1


@pytest.mark.parametrize("attempt", range(10))
def test_a_cancel_that_races_a_claim_leaves_nothing_running_unasked(attempt: int) -> None:
    job = lifecycle.create_job("import", due_at=make_job().created_at)
    _, claimed = at_once(lambda: bool(cancel(job, "ann")), partial(lifecycle.claim_job, job.pk, "a:1"))
    assert state(job) == ("running" if claimed else "cancelled", True)


def test_a_deleted_job_takes_all_generations_and_the_service_log_names_who() -> None:
    job = make_job(status="failed")
    grandchild = grandchild_of(job, status="completed")
    append_lines(grandchild, 3)
    ids = {job.pk, grandchild.pk, grandchild.parent_id}
    assert delete(job, "ann") == 3
    assert list(Job.objects.listed()) == []
    assert set(DeletedJob.objects.values_list("pk", flat=True)) == ids
    said = LogEntry.objects.filter(job=SERVICE_JOB_ID).values_list("message", "stream")
    assert {(f"grandchild ({grandchild.pk}) was deleted by ann", "system")} < set(said)
    assert len(said) == 3


def test_a_running_job_is_not_deleted() -> None:
    job = leased()
    with pytest.raises(JobIsRunning, match="import is running: cancel it first"):
        delete(job, "ann")
    assert LogEntry.objects.count() == 0


def test_nothing_goes_when_a_descendant_runs() -> None:
    job = make_job(status="failed")
    child = make_job("child", parent=job, status="completed")
    leased("grandchild", parent=child)
    with pytest.raises(JobIsRunning, match="grandchild is running"):
        delete(job, "ann")
    assert Job.objects.listed().count() == 3


def test_a_job_that_begins_just_before_it_is_deleted_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(status="pending")
    really_finish = lifecycle.finish_job
    monkeypatch.setattr(
        lifecycle, "finish_job", lambda *args, **options: lifecycle.start_job(job) and really_finish(*args, **options)
    )
    with pytest.raises(JobIsRunning):
        delete(job, "ann")
    assert (state(job), LogEntry.objects.count()) == (("running", False), 0)


def test_a_pending_job_that_is_deleted_is_not_begun_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    job = lifecycle.create_job("import", due_at=make_job().created_at)
    claimed: list[bool] = []
    really_delete = lifecycle.delete_job

    def claim_first(job: Job) -> bool:
        claimed.append(lifecycle.claim_job(job.pk, "a:1"))
        return really_delete(job)

    monkeypatch.setattr(lifecycle, "delete_job", claim_first)
    assert (delete(job, "ann"), claimed) == (1, [False])


@pytest.mark.parametrize("attempt", range(5))
def test_deletions_at_once_are_one(attempt: int) -> None:
    job = make_job(status="failed")
    copies = [fresh(job) for _ in range(3)]

    def deleted(copy: Job) -> int:
        try:
            return delete(copy, "ann")
        except NoSuchJob:
            return 0

    assert sorted(at_once(*[partial(deleted, copy) for copy in copies])) == [0, 0, 1]
    assert LogEntry.objects.filter(job=SERVICE_JOB_ID).count() == 1


@pytest.mark.parametrize("operation", [cancel, delete])
def test_the_service_job_is_nobodys(operation: Callable[[Job, str], object]) -> None:
    service_job = Job.objects.get(pk=SERVICE_JOB_ID)
    with pytest.raises(operations.IsServiceJob):
        operation(service_job, "ann")
    assert state(service_job) == (statuses.RUNNING, False)


def test_a_family_comes_by_generations_and_without_what_is_large() -> None:
    job = make_job(spec={"program": "x"})
    grandchild = grandchild_of(job, spec={"program": "x" * 1000})
    make_job("youngest", parent=grandchild)
    assert [each.name for each in descendants(job.pk)] == ["child", "grandchild", "youngest"]
    assert descendants(job.pk)[0].get_deferred_fields() == {"spec", "result"}


def test_a_family_in_a_circle_comes_to_an_end() -> None:
    job = make_job()
    child = make_job("child", parent=job)
    Job.objects.filter(pk=job.pk).update(parent=child)
    assert descendants(job.pk) == [child]
    assert len(cancel(job, "ann")) == 2
