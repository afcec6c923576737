"""Entries by way of the model: the same lines and counts, and never a change (promise D2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_save
from django.dispatch import Signal

from jobs import signals
from jobs.levels import UnknownLevel
from jobs.models import SERVICE_JOB_ID, EntryIsImmutable, Job, LogEntry, StepOfAnotherJob
from jobs.models import entry as entry_module
from tests.factories import append_lines, make_job, make_step, stored_lines, stored_messages

pytestmark = pytest.mark.django_db(transaction=True)

Announced = Callable[[Signal], list[dict[str, Any]]]
Store = Callable[..., LogEntry]


def save(**members: Any) -> LogEntry:
    entry = LogEntry(**members)
    entry.save()
    return entry


def bulk_create(**members: Any) -> LogEntry:
    return LogEntry.objects.bulk_create([LogEntry(**members)])[0]


every_way = pytest.mark.parametrize("store", [save, LogEntry.objects.create, bulk_create])


@every_way
def test_the_entry_takes_the_next_line_and_is_counted(job: Job, store: Store) -> None:
    append_lines(job, 2)
    step = make_step(job)
    entry = store(job=job, step=step, level=40, message="by hand")
    job.refresh_from_db()
    step.refresh_from_db()
    assert (entry.line, job.last_line) == (3, 3)
    assert (job.counts["error"], job.counts["total"], step.counts["error"]) == (1, 3, 1)
    assert LogEntry.objects.get(pk=entry.pk).message == "by hand"


@every_way
def test_no_caller_chooses_a_line_or_an_id(job: Job, store: Store) -> None:
    newest = append_lines(job, 2).ids[-1]
    entry = store(job=job, line=77, id=1_000_000)
    assert (entry.line, entry.pk) == (3, newest + 1)


@every_way
def test_the_entry_is_made_storable(job: Job, store: Store) -> None:
    entry = store(job=job, message="\x1b[31mred\0", level="warning", fields={"x": float("nan")})
    entry.refresh_from_db()
    assert (entry.message, entry.ansi, entry.level, entry.fields) == ("red�", "\x1b[31mred�", 30, {"x": "NaN"})


@every_way
@pytest.mark.parametrize(("wrong", "error"), [({"level": 31}, UnknownLevel), ({"stream": "stdin"}, ValueError)])
def test_a_wrong_entry_is_refused(job: Job, store: Store, wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        store(job=job, **wrong)
    assert Job.objects.get(pk=job.pk).last_line == 0


@every_way
def test_a_step_of_another_job_is_refused(job: Job, store: Store) -> None:
    step = make_step(make_job("other"))
    with pytest.raises(StepOfAnotherJob):
        store(job=job, step=step)
    assert LogEntry.objects.count() == 0


def test_save_announces_itself_as_every_model_does(job: Job, announced: Announced) -> None:
    said = announced(post_save)
    entry = save(job=job)
    assert [each["instance"] for each in said if each["sender"] is LogEntry] == [entry]


def test_bulk_create_announces_one_batch_a_job(announced: Announced) -> None:
    left, right = make_job("left"), make_job("right")
    said = announced(signals.entries_appended)
    LogEntry.objects.bulk_create([LogEntry(job=job) for job in (left, right, left)])
    assert {each["batch"].job_id: each["batch"].last_line for each in said} == {left.pk: 2, right.pk: 1}


def test_bulk_create_stores_all_or_nothing() -> None:
    left, right = make_job("left"), make_job("right")
    for good, bad in ((left, right), (right, left)):  # whichever comes first
        with pytest.raises(UnknownLevel):
            LogEntry.objects.bulk_create([LogEntry(job=good), LogEntry(job=bad, level=1)])
    assert (stored_lines(left), stored_lines(right)) == ([], [])


def test_bulk_create_knows_no_conflicts(job: Job) -> None:
    with pytest.raises(ValueError, match="conflict"):
        LogEntry.objects.bulk_create([LogEntry(job=job)], ignore_conflicts=True)


def change_and_save(entry: LogEntry) -> None:
    entry.message = "rewritten"
    entry.save()


@pytest.mark.parametrize(
    "change",
    [
        change_and_save,
        lambda entry: LogEntry.objects.filter(pk=entry.pk).update(message="rewritten"),
        lambda entry: entry.job.entries.update(message="rewritten"),
        lambda entry: LogEntry.objects.bulk_update([entry], ["message"]),
        lambda entry: LogEntry.objects.update_or_create(pk=entry.pk, defaults={"message": "rewritten"}),
    ],
)
def test_a_stored_entry_does_not_change(job: Job, change: Callable[[LogEntry], object]) -> None:
    append_lines(job, ["as it was"])
    with pytest.raises(EntryIsImmutable):
        change(LogEntry.objects.get())
    assert stored_messages(job) == ["as it was"]


def test_deleting_takes_entries_off_the_counters_of_job_and_step(job: Job) -> None:
    step = make_step(job)
    append_lines(job, 2, level="error", step=step)
    append_lines(job, 3)
    LogEntry.objects.filter(line__in=[1, 3]).delete()
    job.refresh_from_db()
    step.refresh_from_db()
    assert (job.counts["error"], job.counts["info"], step.counts["error"], job.last_line) == (1, 2, 1, 5)


def test_deleting_one_entry_counts_too(job: Job) -> None:
    append_lines(job, 2)
    LogEntry.objects.get(line=1).delete()
    assert Job.objects.get(pk=job.pk).counts["total"] == 1


def test_deleting_counts_as_a_change_of_the_job(job: Job) -> None:
    append_lines(job, 2)
    before = Job.objects.get(pk=job.pk).revision
    LogEntry.objects.filter(line=1).delete()
    assert Job.objects.get(pk=job.pk).revision > before


def test_deleting_the_oldest_is_noted_on_the_job_and_the_service_job(job: Job) -> None:
    ids = append_lines(job, 3).ids
    LogEntry.objects.filter(line__lte=2).delete()
    assert {Job.objects.get(pk=pk).pruned_to_id for pk in (job.pk, SERVICE_JOB_ID)} == {ids[1]}


def test_deleting_from_between_is_not_noted_as_pruned(job: Job) -> None:
    append_lines(job, 3)
    LogEntry.objects.filter(line=2).delete()
    assert Job.objects.get(pk=job.pk).pruned_to_id == 0


def test_deleting_all_entries_is_noted_up_to_the_last(job: Job) -> None:
    ids = append_lines(job, 3).ids
    LogEntry.objects.all().delete()
    assert Job.objects.get(pk=job.pk).pruned_to_id == ids[-1]


def test_a_deletion_that_is_rolled_back_leaves_the_counters(job: Job) -> None:
    append_lines(job, 2)
    with transaction.atomic():
        LogEntry.objects.all().delete()
        transaction.set_rollback(True)
    assert Job.objects.get(pk=job.pk).counts["total"] == 2


def test_a_deletion_that_fails_half_way_deletes_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError

    append_lines(job, 2)
    monkeypatch.setattr(entry_module, "subtract_counts", fail)
    with pytest.raises(RuntimeError):
        LogEntry.objects.all().delete()
    assert stored_lines(job) == [1, 2]


def test_a_step_with_entries_cannot_be_deleted(job: Job) -> None:
    step = make_step(job)
    append_lines(job, 1, step=step)
    with pytest.raises(ProtectedError):
        step.delete()


def test_lines_and_ids_of_deleted_entries_are_not_given_again(job: Job) -> None:
    newest = append_lines(job, 3).ids[-1]
    LogEntry.objects.all().delete()
    again = append_lines(job, 1)
    assert (again.lines, again.ids[0]) == (range(4, 5), newest + 1)
