"""The registered jobs that come with Quaero: pruning, and the check of the installation."""

from __future__ import annotations

import pytest

from jobs import conf
from jobs.models import Job
from jobs.runnables import BadParameters, registry
from quaero import quaero_jobs as shipped
from quaero.diagnosis import Finding
from tests.factories import ago, append_lines, make_job, stored_lines

pytestmark = pytest.mark.django_db(transaction=True)

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def old_job() -> Job:
    job = make_job("old", created_at=ago(weeks=10))
    append_lines(job, 3, timestamp=ago(days=40))
    append_lines(job, 2, timestamp=ago(days=20))
    return job


def test_pruning_deletes_what_is_older_than_the_setting(old_job: Job) -> None:
    assert conf.retention_days() == 30
    assert registry.find("prune-logs").call({}) == {"entries": 3, "jobs": 0}
    assert stored_lines(old_job) == [4, 5]


def test_pruning_takes_another_age(old_job: Job) -> None:
    assert registry.find("prune-logs").call({"older_than_days": 10}) == {"entries": 5, "jobs": 0}


def test_pruning_counts_the_jobs_that_go(old_job: Job) -> None:
    Job.objects.filter(pk=old_job.pk).update(status="completed", finished_at=ago(weeks=9))
    assert registry.find("prune-logs").call({"older_than_days": 10}) == {"entries": 5, "jobs": 1}
    assert not Job.objects.filter(pk=old_job.pk).exists()


@pytest.mark.parametrize("days", [0, 36_501, "30", 1.5, None])
def test_pruning_refuses_an_age_out_of_range(old_job: Job, days: object) -> None:
    with pytest.raises(BadParameters, match="older_than_days must be a whole number from 1 to 36500"):
        registry.find("prune-logs").call({"older_than_days": days})
    assert len(stored_lines(old_job)) == 5


def test_pruning_reports_progress(old_job: Job, capfd: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.models.entry.DELETE_CHUNK", 1)
    shipped.prune_logs(older_than_days=30)
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if "progress" in line] == ["::progress::33", "::progress::66", "::progress::100"]
    assert [line for line in lines if "group" in line] == [
        "::group::Count",
        "::endgroup::",
        "::group::Delete",
        "::endgroup::",
    ]


def test_pruning_is_declared_as_its_page_shows_it() -> None:
    runnable = registry.find("prune-logs")
    [field] = runnable.form_fields()
    assert (field.kind, field.default, field.min, field.max) == ("integer", "30", 1, 36_500)
    assert (runnable.steps, runnable.concurrency) == (("Count", "Delete"), "skip")


def test_a_sound_installation_has_a_row_for_each_check(old_job: Job, capfd: Printed) -> None:
    rows = registry.find("check-installation").call({})
    assert isinstance(rows, list)
    assert [row["check"] for row in rows] == [
        "System checks", "Migrations", "Integrity", "Journal", "Database size", "Free space", "Counters",
    ]  # fmt: skip
    assert "problem" not in {row["status"] for row in rows}
    assert capfd.readouterr().out.count("::entry::") == len(rows)


def test_the_steps_of_the_check_are_those_that_were_declared(capfd: Printed) -> None:
    shipped.check_installation()
    groups = [line.removeprefix("::group::") for line in capfd.readouterr().out.splitlines() if "::group::" in line]
    assert tuple(groups) == registry.find("check-installation").steps


def test_a_problem_fails_the_check_and_its_rows_are_the_result(old_job: Job, capfd: Printed) -> None:
    Job.objects.filter(pk=old_job.pk).update(error_count=1)
    with pytest.raises(shipped.InstallationProblem, match=f"job {old_job.pk}: its counters are not what is stored"):
        shipped.check_installation()
    assert '::result::[{"check":"System checks"' in capfd.readouterr().out


def test_a_warning_fails_nothing(monkeypatch: pytest.MonkeyPatch, capfd: Printed) -> None:
    def warns() -> list[Finding]:
        return [Finding("Weather", "warning", "clouds")]

    monkeypatch.setattr(shipped, "CHECKS", {"Sky": (warns,)})
    assert shipped.check_installation() == [{"check": "Weather", "status": "warning", "detail": "clouds"}]
    assert '"level":"warn"' in capfd.readouterr().out
