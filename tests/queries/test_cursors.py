"""From an entry's id to a place in a log (promise S5): exact, or a reset with the reason."""

from __future__ import annotations

import pytest

from jobs.models import Job, LogEntry
from jobs.queries import START, Log, Position
from jobs.queries.cursors import CursorOfAnotherJob, CursorReset, ResetReason, newest_position, position_of
from tests.factories import append_lines, make_job

pytestmark = pytest.mark.django_db


def prune(job: Job, last_line: int) -> None:
    LogEntry.objects.filter(job=job, line__lte=last_line).prune()


def lines_after(job: Job, entry_id: int) -> list[int]:
    return [record.line for record in Log(job.pk).after(position_of(job.pk, entry_id)).records]


def reason(job_id: object, entry_id: int) -> ResetReason:
    with pytest.raises(CursorReset) as raised:
        position_of(job_id, entry_id)  # type: ignore[arg-type]
    return raised.value.reason


def test_a_stored_entry_has_its_line_and_id(job: Job) -> None:
    append_lines(make_job("other"), 5)
    ids = append_lines(job, 3).ids
    assert position_of(job.pk, ids[1]) == Position(2, ids[1])
    assert position_of(None, ids[1]).id == ids[1]


def test_zero_is_the_beginning(job: Job) -> None:
    assert position_of(job.pk, 0) == position_of(None, 0) == START


def test_zero_is_the_beginning_also_of_a_pruned_log(job: Job) -> None:
    append_lines(job, 3)
    prune(job, 2)
    assert lines_after(job, 0) == [3]


def test_an_entry_of_another_job_is_refused(job: Job) -> None:
    [entry_id] = append_lines(make_job("other"), 1).ids
    with pytest.raises(CursorOfAnotherJob):
        position_of(job.pk, entry_id)


def test_the_last_pruned_entry_is_followed_by_all_that_is_stored(job: Job) -> None:
    ids = append_lines(job, 5).ids
    prune(job, 2)
    assert lines_after(job, ids[1]) == [3, 4, 5]


def test_an_entry_pruned_before_others_starts_over(job: Job) -> None:
    ids = append_lines(job, 5).ids
    prune(job, 2)
    assert reason(job.pk, ids[0]) == ResetReason.PRUNED


def test_a_log_that_was_pruned_to_its_end_goes_on_from_there(job: Job) -> None:
    ids = append_lines(job, 3).ids
    prune(job, 3)
    append_lines(job, 2)
    assert lines_after(job, ids[2]) == [4, 5]


def test_an_id_that_was_never_given_starts_over(job: Job) -> None:
    newest = append_lines(job, 3).ids[-1]
    assert reason(job.pk, newest + 1) == ResetReason.UNKNOWN
    assert reason(None, newest + 1) == ResetReason.UNKNOWN


def test_an_id_that_was_deleted_from_between_starts_over(job: Job) -> None:
    ids = append_lines(job, 5).ids
    LogEntry.objects.filter(line=3).delete()
    assert reason(job.pk, ids[2]) == ResetReason.UNKNOWN


def test_in_the_log_of_all_jobs_the_id_of_a_deleted_job_is_a_place_like_any(job: Job) -> None:
    gone = make_job("gone", status="completed")
    [cursor] = append_lines(gone, 1).ids
    following = append_lines(job, 2).ids
    gone.delete()
    records = Log(None).after(position_of(None, cursor)).records
    assert [record.id for record in records] == list(following)


def test_in_the_log_of_all_jobs_what_was_pruned_starts_over(job: Job) -> None:
    ids = append_lines(job, 5).ids
    prune(job, 3)
    assert reason(None, ids[0]) == ResetReason.PRUNED
    assert position_of(None, ids[2]) == Position(0, ids[2])


def test_the_newest_place_is_that_of_the_last_entry(job: Job) -> None:
    append_lines(job, 3)
    ids = append_lines(make_job("other"), 1).ids
    own = Log(job.pk).last(1).records[0].id
    assert newest_position(job.pk, 3) == Position(3, own)
    assert newest_position(None, 0).id == ids[0]


def test_the_newest_place_of_a_log_without_entries_is_what_was_pruned(job: Job) -> None:
    assert newest_position(job.pk, 0) == Position(0, 0)
    ids = append_lines(job, 3).ids
    prune(job, 3)
    assert newest_position(job.pk, 3) == Position(3, ids[2])
    assert newest_position(None, 0).id == ids[2]
