"""Each check of an installation finds what it looks for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.core import checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from jobs.models import Job, Step
from quaero import diagnosis
from quaero.diagnosis import Check, Finding, findings_of
from tests.factories import append_lines, make_job, make_step

pytestmark = pytest.mark.django_db(transaction=True)


def only(check: Check) -> Finding:
    [finding] = findings_of(check)
    return finding


def test_what_system_checks_say_is_found_with_its_weight() -> None:
    @checks.register
    def complain(**options: object) -> list[checks.CheckMessage]:
        return [checks.Error("Bad.", hint="Mend it.", id="x.E001"), checks.Warning("Poor.", id="x.W001")]

    try:
        found = findings_of(diagnosis.system_checks)
        with override_settings(SILENCED_SYSTEM_CHECKS=["x.E001", "x.W001"]):
            silenced = only(diagnosis.system_checks)
    finally:
        checks.registry.registry.registered_checks.remove(complain)
    assert Finding("System check x.E001", "problem", "Bad. Mend it.") in found
    assert Finding("System check x.W001", "warning", "Poor.") in found
    assert silenced.status == "ok"


def test_a_migration_that_is_not_applied_is_a_problem() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sessions", "0001_initial")
    try:
        assert only(diagnosis.migrations) == Finding(
            "Migrations", "problem", "1 migrations are not applied: run manage.py migrate"
        )
    finally:
        recorder.record_applied("sessions", "0001_initial")


def test_a_database_without_wal_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(diagnosis.journal) == Finding("Journal", "ok", "wal")
    monkeypatch.setattr(diagnosis, "rows_of", lambda sql: [("delete",)])
    assert only(diagnosis.journal).status == "warning"


def test_a_file_that_is_broken_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "rows_of", lambda sql: [("row 3 missing from index quaero_entry_line",)])
    assert only(diagnosis.integrity) == Finding("Integrity", "problem", "row 3 missing from index quaero_entry_line")


class Usage(NamedTuple):
    free: int


@pytest.mark.parametrize(("free_mib", "status"), [(99, "problem"), (1023, "warning"), (1024, "ok")])
def test_a_full_disk_is_noticed(monkeypatch: pytest.MonkeyPatch, free_mib: int, status: str) -> None:
    monkeypatch.setattr(diagnosis, "disk_usage", lambda folder: Usage(free_mib * diagnosis.MIB))
    finding = only(diagnosis.free_space)
    assert (finding.status, finding.detail.partition(" on ")[0]) == (status, f"{free_mib:,}.0 MiB")


def test_the_size_of_the_database_counts_its_log() -> None:
    finding = only(diagnosis.database_size)
    assert finding.status == "ok"
    assert finding.detail.count("MiB") == 2


def test_counters_of_jobs_and_steps_are_compared_with_what_is_stored(job: Job) -> None:
    step = make_step(job)
    append_lines(job, 3, level="error")
    append_lines(job, 2, step=step)
    assert only(diagnosis.counters) == Finding("Counters", "ok", "right for the newest 1 jobs, with 5 entries")
    Step.objects.filter(pk=step.pk).update(info_count=1)
    assert only(diagnosis.counters).detail == f"step {step.pk}: its counters are not what is stored"


def test_jobs_with_more_entries_than_can_be_counted_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lines in (("old", 2), ("huge", 9), ("new", 3)):
        append_lines(make_job(name), lines)
    monkeypatch.setattr(diagnosis, "SAMPLE_ENTRIES", 5)
    assert [job.name for job in diagnosis.sample_of_jobs()] == ["new", "old"]


def test_a_check_that_breaks_is_a_problem_and_keeps_what_it_found() -> None:
    def broken_check() -> Iterator[Finding]:
        yield Finding("First", "ok", "")
        raise OSError("gone")

    assert findings_of(broken_check) == [
        Finding("First", "ok", ""),
        Finding("Broken check", "problem", "cannot be checked: OSError: gone"),
    ]


def test_free_space_is_that_of_the_database() -> None:
    folder = only(diagnosis.free_space).detail.partition("file system of ")[2]
    assert connection.settings_dict["NAME"].startswith(folder)
    assert shutil.disk_usage(folder).free > 0
