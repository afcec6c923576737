"""Appending: lines without gaps, ids that rise with them, all or nothing, one signal (promise D1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import transaction
from django.dispatch import Signal
from django.utils.safestring import mark_safe

from jobs import levels, signals
from jobs.models import AppendedBatch, Job, LogEntry, NoSuchJob, StepOfAnotherJob
from jobs.queries import START, Log
from jobs.recording import NewEntry, append
from tests.factories import NOON, UNKNOWN_ID, append_lines, make_job, make_step, stored_lines, stored_messages

pytestmark = pytest.mark.django_db(transaction=True)

Announced = Callable[[Signal], list[dict[str, Any]]]


def test_lines_count_up_without_gaps(job: Job) -> None:
    assert append_lines(job, 3).lines == range(1, 4)
    assert append_lines(job, 2).lines == range(4, 6)
    assert stored_lines(job) == [1, 2, 3, 4, 5]


def test_each_job_counts_its_own_lines_while_ids_rise_over_all(job: Job) -> None:
    other = make_job("other")
    first, second, third = append_lines(job, 2), append_lines(other, 2), append_lines(job, 1)
    assert (first.lines, second.lines, third.lines) == (range(1, 3), range(1, 3), range(3, 4))
    ids = [*first.ids, *second.ids, *third.ids]
    assert ids == sorted(set(ids))


def test_the_ids_that_are_returned_are_those_that_are_stored(job: Job) -> None:
    appended = append_lines(job, 2_500)
    stored = LogEntry.objects.filter(job=job).order_by("line").values_list("line", "id")
    assert list(stored) == list(zip(appended.lines, appended.ids, strict=True))


def test_appending_nothing_changes_nothing(job: Job) -> None:
    assert append(job, []).lines == range(0)
    assert Job.objects.get(pk=job.pk).revision == job.revision


def test_every_member_of_an_entry_is_stored(job: Job) -> None:
    step = make_step(job)
    append(job, [NewEntry("disk full", "critical", NOON, step, "stderr", "df", {"free": 0})])
    entry = LogEntry.objects.get()
    assert (entry.message, entry.level, entry.timestamp) == ("disk full", levels.FATAL, NOON)
    assert (entry.step, entry.stream, entry.source, entry.fields) == (step, "stderr", "df", {"free": 0})


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (datetime(2026, 1, 31, 12), NOON),
        (datetime(2026, 1, 31, 14, tzinfo=timezone(timedelta(hours=2))), NOON),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_stored_in_utc_whatever_clock_they_come_from(job: Job, given: datetime, stored: datetime) -> None:
    append_lines(job, 1, timestamp=given)
    assert LogEntry.objects.get().timestamp == stored


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"level": "loud"}, levels.UnknownLevel),
        ({"level": 35}, levels.UnknownLevel),
        ({"stream": "stdin"}, ValueError),
        ({"step": UNKNOWN_ID}, StepOfAnotherJob),
        ({"fields": ["no", "mapping"]}, TypeError),
    ],
)
def test_one_wrong_entry_and_nothing_is_stored(job: Job, wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        append(job, [NewEntry("good"), NewEntry("bad", **wrong), NewEntry("good")])
    stored = Job.objects.get(pk=job.pk)
    assert (LogEntry.objects.count(), stored.last_line, stored.counts["total"]) == (0, 0, 0)


def test_a_step_of_another_job_is_refused_and_counts_nothing(job: Job) -> None:
    step = make_step(make_job("other"))
    with pytest.raises(StepOfAnotherJob):
        append_lines(job, 1, step=step)
    step.refresh_from_db()
    assert step.counts["total"] == 0


def test_a_job_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchJob):
        append_lines(uuid4(), 1)


def test_lines_of_a_transaction_that_failed_are_given_again(job: Job) -> None:
    with transaction.atomic():
        append_lines(job, 5)
        transaction.set_rollback(True)
    assert append_lines(job, 1).lines == range(1, 2)
    assert Job.objects.get(pk=job.pk).counts["total"] == 1


def test_one_signal_after_the_commit_and_none_before(job: Job, announced: Announced) -> None:
    said = announced(signals.entries_appended)
    with transaction.atomic():
        append_lines(job, 3)
        assert said == []
    [announcement] = said
    batch: AppendedBatch = announcement["batch"]
    assert (batch.job_id, batch.first_line, batch.last_line) == (job.pk, 1, 3)


def test_no_signal_for_what_was_rolled_back(job: Job, announced: Announced) -> None:
    said = announced(signals.entries_appended)
    with transaction.atomic():
        append_lines(job, 3)
        transaction.set_rollback(True)
    assert said == []


def test_a_listener_that_fails_harms_neither_writer_nor_other_listeners(job: Job, announced: Announced) -> None:
    def fail(**said: object) -> None:
        raise RuntimeError

    signals.entries_appended.connect(fail)
    said = announced(signals.entries_appended)
    append_lines(job, 1)
    signals.entries_appended.disconnect(fail)
    assert (len(said), stored_lines(job)) == (1, [1])


def test_the_batch_holds_the_entries_exactly_as_they_are_read_later(job: Job, announced: Announced) -> None:
    said = announced(signals.entries_appended)
    step = make_step(job, "\x1b[1mfetch")
    append(
        job,
        [
            NewEntry("plain", timestamp=NOON),
            NewEntry("\x1b[31mred\x1b[0m", "warn", step=step, fields={"a": [1, None]}),
            NewEntry("", stream="stderr", source="nobody"),
        ],
    )
    live = msgspec.json.encode(said[0]["batch"].records())
    assert live == msgspec.json.encode(Log(job.pk).after(START).records)


def test_the_batch_carries_the_counters_after_it(job: Job, announced: Announced) -> None:
    step = make_step(job)
    append_lines(job, 2, level="error", step=step)
    said = announced(signals.entries_appended)
    append_lines(job, 3, level="debug", step=step)
    batch = said[0]["batch"]
    assert batch.counts == (3, 0, 0, 2, 0)
    assert batch.steps[step.pk].counts == (3, 0, 0, 2, 0)


def test_text_of_a_subclass_of_str_reaches_the_wire(job: Job, announced: Announced) -> None:
    said = announced(signals.entries_appended)
    append(job, [NewEntry(mark_safe("<b>from a template</b>"))])
    assert b"from a template" in msgspec.json.encode(said[0]["batch"].records())


def test_bytes_are_decoded_rather_than_refused(job: Job) -> None:
    append_lines(job, [b"broken \xff utf-8"])  # type: ignore[list-item]
    assert stored_messages(job) == ["broken � utf-8"]


def test_an_entry_after_the_end_is_stored_and_counted_still() -> None:
    job = make_job(status="completed")
    append_lines(job, 1)
    assert Job.objects.get(pk=job.pk).counts["total"] == 1


def test_appending_takes_the_same_number_of_queries_for_one_and_for_many(
    job: Job, django_assert_num_queries: Callable[..., Any]
) -> None:
    for count in (1, 2_000):
        with django_assert_num_queries(5):  # BEGIN, the job's row, the rows, their last id, COMMIT
            append_lines(job, count)
