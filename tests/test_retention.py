"""Retention: oldest first, in chunks, with cursors reset; ids never used twice (promise D7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import timezone

from jobs.models import SERVICE_JOB_ID, DeletedJob, Job, LogEntry
from jobs.models import entry as entry_module
from jobs.models.sequence import TABLE, newest_id_ever, raise_sequence
from jobs.recording import NewEntry, append
from jobs.retention import Pruned, prune, prune_by_setting, prune_in_chunks
from tests.factories import ago, append_lines, make_job, make_step, stored_lines

pytestmark = pytest.mark.django_db(transaction=True)

MONTH = timedelta(days=30)


@pytest.fixture
def old_job() -> Job:
    """A job that has been running for ten weeks."""
    return make_job("old", created_at=ago(weeks=10))


def test_old_entries_go_and_young_ones_stay(old_job: Job) -> None:
    append_lines(old_job, 3, timestamp=ago(days=31))
    append_lines(old_job, 2, timestamp=ago(days=29))
    assert prune(MONTH).entries == 3
    assert stored_lines(old_job) == [4, 5]


def test_counters_follow(old_job: Job) -> None:
    step = make_step(old_job)
    append_lines(old_job, 3, timestamp=ago(days=31), level="error", step=step)
    append_lines(old_job, 1, step=step)
    prune(MONTH)
    old_job.refresh_from_db()
    step.refresh_from_db()
    assert (old_job.counts["error"], old_job.counts["total"], step.counts["total"]) == (0, 1, 1)


def test_only_the_oldest_go_and_never_from_between(old_job: Job) -> None:
    append_lines(old_job, 1, timestamp=ago(days=31))
    append_lines(old_job, 1)
    append_lines(old_job, 1, timestamp=ago(days=31))
    prune(MONTH)
    assert stored_lines(old_job) == [2, 3]


def test_an_entry_from_the_future_does_not_keep_the_others_for_ever(old_job: Job) -> None:
    append_lines(old_job, 1, timestamp=ago(days=-400))
    append_lines(old_job, 1, timestamp=ago(days=31))
    append_lines(old_job, 1)
    prune(MONTH)
    assert stored_lines(old_job) == [3]


def test_old_text_that_was_logged_today_stays(job: Job) -> None:
    append_lines(job, 2, timestamp=ago(days=400))
    assert prune(MONTH) == Pruned(0, 0, 0)
    assert stored_lines(job) == [1, 2]


def test_pruning_in_chunks_notes_how_far_it_came(old_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "DELETE_CHUNK", 2)
    ids = append_lines(old_job, 5, timestamp=ago(days=31)).ids
    append_lines(old_job, 1)
    assert prune(MONTH).entries == 5
    assert {Job.objects.get(pk=pk).pruned_to_id for pk in (old_job.pk, SERVICE_JOB_ID)} == {ids[-1]}


def test_pruning_step_by_step_holds_nothing_in_between(old_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "DELETE_CHUNK", 2)
    append_lines(old_job, 5, timestamp=ago(days=31))
    steps = prune_in_chunks(MONTH)
    left = []
    while deleted := next(steps, None):
        left.append((deleted.entries, stored_lines(old_job), connection.in_atomic_block))
    assert left == [(2, [3, 4, 5], False), (2, [5], False), (1, [], False), (0, [], False)]


def test_what_was_done_before_an_interruption_stays_done(old_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "DELETE_CHUNK", 2)
    append_lines(old_job, 5, timestamp=ago(days=31))
    noted: list[int] = []

    def interrupt(using: str, job_id: object, newest: int) -> None:
        noted.append(newest)
        if len(noted) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(entry_module, "raise_pruned_to", interrupt)
    with pytest.raises(KeyboardInterrupt):
        prune(MONTH)
    assert stored_lines(old_job) == [3, 4, 5]
    assert Job.objects.get(pk=old_job.pk).counts["total"] == 3


def test_a_running_job_stays_when_its_entries_are_gone(old_job: Job) -> None:
    append_lines(old_job, 2, timestamp=ago(days=31))
    assert prune(MONTH) == Pruned(entries=2, jobs=0, tombstones=0)
    assert Job.objects.filter(pk=old_job.pk).exists()


def test_a_job_that_ended_long_ago_goes_with_its_last_entry() -> None:
    job = make_job(status="failed", created_at=ago(days=40), finished_at=ago(days=31))
    append_lines(job, 2, timestamp=ago(days=32))
    assert prune(MONTH) == Pruned(entries=2, jobs=1, tombstones=0)
    assert DeletedJob.objects.filter(pk=job.pk).exists()


def test_a_job_that_ended_lately_stays() -> None:
    job = make_job(status="completed", created_at=ago(days=40), finished_at=ago(days=29))
    append_lines(job, 2, timestamp=ago(days=32))
    assert prune(MONTH) == Pruned(entries=2, jobs=0, tombstones=0)
    assert Job.objects.filter(pk=job.pk).exists()


def test_a_job_that_ended_long_ago_stays_while_it_has_entries() -> None:
    job = make_job(status="completed", created_at=ago(days=40), finished_at=ago(days=31))
    append_lines(job, 1)
    assert prune(MONTH).jobs == 0


def test_the_service_job_is_pruned_and_stays() -> None:
    Job.objects.filter(pk=SERVICE_JOB_ID).update(created_at=ago(days=400), finished_at=ago(days=399), status="failed")
    append_lines(SERVICE_JOB_ID, 2, timestamp=ago(days=31))
    assert prune(MONTH) == Pruned(entries=2, jobs=0, tombstones=0)
    assert Job.objects.filter(pk=SERVICE_JOB_ID).exists()


def test_tombstones_go_after_a_day() -> None:
    for name, days in (("young", 0.9), ("old", 1.1)):
        job = make_job(name, status="completed")
        job.delete()
        DeletedJob.objects.filter(pk=DeletedJob.objects.latest("deleted_at").pk).update(deleted_at=ago(days=days))
    assert prune(MONTH).tombstones == 1
    assert DeletedJob.objects.get().deleted_at > timezone.now() - timedelta(days=1)


def test_the_setting_says_how_long_entries_are_kept(old_job: Job, settings: Any) -> None:
    settings.QUAERO_RETENTION_DAYS = 7
    append(old_job, [NewEntry("old", timestamp=ago(days=8)), NewEntry("young", timestamp=ago(days=6))])
    assert sum(deleted.entries for deleted in prune_by_setting()) == 1
    assert stored_lines(old_job) == [2]


def send(signal: object) -> None:
    app = apps.get_app_config("quaero_jobs")
    signal.send(  # type: ignore[attr-defined]
        sender=app, app_config=app, verbosity=0, interactive=False, using="default", plan=[], apps=apps
    )


def rebuild_table() -> None:
    send(pre_migrate)
    with connection.schema_editor() as editor:
        editor._remake_table(LogEntry)
    send(post_migrate)


def test_ids_are_not_used_twice_after_a_migration_that_rebuilds_the_table(job: Job) -> None:
    newest = append_lines(job, 5).ids[-1]
    LogEntry.objects.filter(line__gt=2).delete()
    rebuild_table()
    assert append_lines(job, 1).ids[0] == newest + 1


def test_ids_are_not_used_twice_after_an_empty_table_was_rebuilt(job: Job) -> None:
    newest = append_lines(job, 5).ids[-1]
    LogEntry.objects.all().delete()
    rebuild_table()
    assert newest_id_ever() == newest
    assert append_lines(job, 1).ids[0] == newest + 1


def test_the_sequence_of_a_table_that_never_held_an_entry_is_raised_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [TABLE])
    raise_sequence(7)
    assert newest_id_ever() == 7


def test_the_sequence_is_never_lowered(job: Job) -> None:
    newest = append_lines(job, 5).ids[-1]
    raise_sequence(2)
    assert append_lines(job, 1).ids[0] == newest + 1
