"""A run beside another one: their steps, and where their logs part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import statuses
from jobs.models import Job, LogEntry
from jobs.queries.comparing import compared, differences, earlier_run
from jobs.queries.comparing.differences import LogComparison, compared_logs
from jobs.queries.comparing.runs import NoEarlierRun
from jobs.queries.comparing.steps import compared_steps, merged
from jobs.storable import MAX_MESSAGE_BYTES
from tests.factories import append_lines, make_job, make_step

USER = 7


def two_logs(
    ours: list[str], theirs: list[str], *, status: str = statuses.COMPLETED, their_status: str = statuses.COMPLETED
) -> LogComparison:
    job, earlier = make_job(status=status), make_job(status=their_status)
    append_lines(job, ours)
    append_lines(earlier, theirs)
    return compared_logs(job, earlier, USER)


def test_logs_part_at_the_first_line_that_says_something_else(db: None) -> None:
    found = two_logs(["a 1", "b 1", "c", "x", "e", "f", "g", "h"], ["a 2", "b 22", "c", "d", "e", "f", "g", "h"])
    assert found.first_difference is not None
    assert (found.first_difference.job.line, found.first_difference.earlier.line) == (4, 4)
    assert [line.message for line in found.first_difference.job.lines] == ["a 1", "b 1", "c", "x", "e", "f", "g"]
    assert (found.same_lines, found.is_complete) == (3, True)


def test_a_line_of_another_level_is_another_line(db: None) -> None:
    job, earlier = make_job(), make_job()
    append_lines(job, ["a"], level="error")
    append_lines(earlier, ["a"])
    assert compared_logs(job, earlier, USER).first_difference is not None


def test_the_same_logs_do_not_part(db: None) -> None:
    found = two_logs(["a 1", "b"], ["a 2", "b"])
    assert (found.first_difference, found.same_lines, found.is_complete) == (None, 2, True)
    assert two_logs([], []).is_complete


def test_a_log_that_has_ended_parts_from_one_that_goes_on(db: None) -> None:
    found = two_logs(["a"], ["a", "b"]).first_difference
    assert found is not None
    assert (found.job.line, found.earlier.line) == (None, 2)


def test_a_job_that_runs_may_still_log_the_same(db: None) -> None:
    found = two_logs(["a"], ["a", "b"], status=statuses.RUNNING)
    assert (found.first_difference, found.same_lines) == (None, 1)
    assert two_logs(["a", "b"], ["a"], status=statuses.RUNNING).first_difference is not None


def test_long_logs_are_compared_page_by_page(db: None) -> None:
    lines = [f"line {number}" for number in range(2_500)]
    found = two_logs([*lines, "x"], [*lines, "y"])
    assert found.first_difference is not None
    assert found.first_difference.job.line == 2_501


def test_it_gives_up_after_many_lines_and_says_how_many_are_the_same(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "MOST_LINES", 1_000)
    lines = ["a"] * 2_000
    found = two_logs([*lines, "x"], [*lines, "y"])
    assert (found.first_difference, found.same_lines, found.is_complete) == (None, 1_000, False)


def test_it_gives_up_after_some_seconds(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "MOST_S", 0)
    found = two_logs(["a"] * 3_000, ["a"] * 3_000)
    assert (found.same_lines, found.is_complete) == (1_000, False)


def test_pruned_logs_are_compared_from_the_first_line_that_both_have(db: None) -> None:
    job, earlier = make_job(status="completed"), make_job(status="completed")
    append_lines(job, ["a", "b", "c", "d"])
    append_lines(earlier, ["z", "b", "c", "d"])
    LogEntry.objects.filter(job=job, line__lte=2).prune()
    found = compared_logs(job, earlier, USER)
    assert (found.first_difference, found.same_lines, found.is_pruned) == (None, 2, True)


def test_a_large_message_is_shown_cut(db: None) -> None:
    found = two_logs(["x" * MAX_MESSAGE_BYTES], ["y"]).first_difference
    assert found is not None
    [line] = found.job.lines
    assert (len(line.message), line.is_cut) == (differences.MOST_SHOWN, True)


def test_steps_are_matched_by_name_and_order(db: None) -> None:
    job, earlier = make_job(), make_job()
    for name in ("fetch", "load", "load", "new"):
        make_step(job, name)
    for name in ("fetch", "old", "load", "load", "load", "last"):
        make_step(earlier, name)
    pairs = compared_steps(job, earlier, timezone.now())
    sides = [(pair.name, pair.job is not None, pair.earlier is not None) for pair in pairs]
    assert sides == [
        ("fetch", True, True),
        ("old", False, True),
        ("load", True, True),
        ("load", True, True),
        ("new", True, False),
        ("load", False, True),
        ("last", False, True),
    ]


def test_steps_in_another_order_come_once_each() -> None:
    ours = [("a", 0), ("b", 0), ("c", 0)]
    assert sorted(merged(ours, [("c", 0), ("x", 0), ("b", 0), ("a", 0)])) == [*ours, ("x", 0)]


def test_durations_are_until_now_of_what_runs(db: None) -> None:
    now = timezone.now()
    job = make_job(started_at=now - timedelta(seconds=60))
    earlier = make_job(status="completed", started_at=now - timedelta(seconds=90), finished_at=now)
    found = compared(job, earlier, USER)
    assert found.earlier.duration_s == 90
    assert (found.job.duration_s or 0) >= 60


def test_the_earlier_run_is_the_newest_of_the_name_before_it(db: None) -> None:
    first, _, third = make_job("a"), make_job("b"), make_job("a")
    make_job("a")
    assert earlier_run(third) == first
    with pytest.raises(NoEarlierRun):
        earlier_run(Job.objects.get(name="b"))
