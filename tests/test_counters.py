"""Counters always equal what is stored (promise D3), whatever is done and in whatever order."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jobs import levels, lifecycle
from jobs.models import Job, LogEntry, Step
from jobs.recording import NewEntry, append
from tests.factories import append_lines, make_job, make_step

level_names = st.sampled_from(list(levels.NUMBERS))


@pytest.mark.django_db
def test_a_stale_job_resets_nothing_when_it_is_saved(job: Job) -> None:
    stale = Job.objects.get(pk=job.pk)
    append_lines(job, 3)
    lifecycle.finish_job(job, "completed")
    stale.name = "renamed"
    stale.save()
    stored = Job.objects.get(pk=job.pk)
    assert (stored.name, stored.last_line, stored.counts["total"]) == ("renamed", 3, 3)
    assert (stored.status, stored.finished_at is None, stored.revision > stale.revision) == ("completed", False, True)


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["last_line", "info_count", "status", "revision", "pruned_to_id", "created_at"])
def test_what_is_never_saved_is_not_saved_by_name_either(job: Job, named: str) -> None:
    stale = Job.objects.get(pk=job.pk)
    append_lines(job, 3)
    lifecycle.finish_job(job, "completed")
    stored = Job.objects.values_list(named, flat=True).get(pk=job.pk)
    stale.save(update_fields=[named])
    assert Job.objects.values_list(named, flat=True).get(pk=job.pk) == stored


@pytest.mark.django_db
def test_a_stale_step_resets_nothing_when_it_is_saved(job: Job) -> None:
    step = make_step(job)
    stale = Step.objects.get(pk=step.pk)
    append_lines(job, 3, level="warn", step=step)
    lifecycle.finish_step(step, "failed")
    stale.name = "renamed"
    stale.save()
    stored = Step.objects.get(pk=step.pk)
    assert (stored.name, stored.counts["warn"], stored.status) == ("renamed", 3, "failed")
    assert stored.finished_at is not None


@pytest.mark.django_db
def test_saving_a_job_or_a_step_raises_the_revision(job: Job) -> None:
    step = make_step(job)
    before = Job.objects.get(pk=job.pk).revision
    step.save()
    job.save()
    assert Job.objects.get(pk=job.pk).revision == before + 2


@pytest.mark.django_db
def test_two_saves_of_a_new_job_insert_it_once() -> None:
    job = Job(name="new")
    job.save()
    append_lines(job, 1)
    job.save()
    assert Job.objects.get(pk=job.pk).last_line == 1


class Log(RuleBasedStateMachine):
    """Everything that can be done to a log, in any order."""

    @initialize()
    def begin(self) -> None:
        self.job = make_job()
        self.steps = [None, make_step(self.job, "one"), make_step(self.job, "two")]
        self.stale_job = Job.objects.get(pk=self.job.pk)
        self.stale_step = Step.objects.get(pk=self.steps[1].pk)
        self.lines = 0

    @rule(entries=st.lists(st.tuples(level_names, st.integers(0, 2)), max_size=5), fails=st.booleans())
    def append(self, entries: list[tuple[str, int]], fails: bool) -> None:
        with transaction.atomic():
            append(self.job, [NewEntry("", level, step=self.steps[number]) for level, number in entries])
            transaction.set_rollback(fails)
        self.lines += 0 if fails else len(entries)

    @rule(level=level_names, number=st.integers(0, 2), fails=st.booleans())
    def save(self, level: str, number: int, fails: bool) -> None:
        with transaction.atomic():
            LogEntry(job=self.job, level=level, step=self.steps[number]).save()
            transaction.set_rollback(fails)
        self.lines += 0 if fails else 1

    @rule(level=level_names, number=st.integers(0, 2))
    def create_many(self, level: str, number: int) -> None:
        entry = LogEntry(job=self.job, level=level, step=self.steps[number])
        LogEntry.objects.bulk_create([entry, LogEntry(job=self.job)])
        self.lines += 2

    @rule(lines=st.sets(st.integers(1, 10)))
    def delete(self, lines: set[int]) -> None:
        LogEntry.objects.filter(job=self.job, line__in=lines).delete()

    @rule(keep=st.integers(0, 5))
    def prune(self, keep: int) -> None:
        LogEntry.objects.filter(job=self.job, line__lte=self.lines - keep).prune()

    @rule()
    def save_what_is_stale(self) -> None:
        self.stale_job.save()
        self.stale_step.save()

    @invariant()
    def counters_equal_what_is_stored(self) -> None:
        stored = LogEntry.objects.filter(job=self.job).values_list("step", "level")
        job = Job.objects.get(pk=self.job.pk)
        assert job.last_line == self.lines
        assert job.counts == counted(level for _, level in stored)
        for step in Step.objects.filter(job=self.job):
            assert step.counts == counted(level for step_id, level in stored if step_id == step.pk)


def counted(numbers: Any) -> dict[str, int]:
    counts = Counter(numbers)
    return {name: counts[number] for number, name in levels.NAMES.items()} | {"total": counts.total()}


@pytest.mark.django_db
def test_counters_equal_what_is_stored_whatever_is_done() -> None:
    run_state_machine_as_test(Log, settings=settings(max_examples=40, stateful_step_count=12, deadline=None))
