"""What registered jobs report: a line each, which survives whatever is in it."""

from __future__ import annotations

import pytest

from jobs.levels import UnknownLevel
from jobs.reporting import log, progress, result, step
from jobs.workflow_commands import GroupEnd, GroupStart, Progress, parse_command
from jobs.workflow_reports import Report, Result

Printed = pytest.CaptureFixture[str]


def test_a_step_is_a_group_around_what_it_reports(capsys: Printed) -> None:
    with step("Load 50%\nof it"):
        progress(45.5)
    commands = [parse_command(line) for line in capsys.readouterr().out.splitlines()]
    assert commands == [GroupStart("Load 50%\nof it"), Progress(45.5), GroupEnd()]


@pytest.mark.parametrize(
    ("error", "told"),
    [(ZeroDivisionError("5%\nof"), "ZeroDivisionError: 5%\nof"), (ZeroDivisionError(), "ZeroDivisionError")],
)
def test_a_step_that_raises_has_failed_and_says_why(capsys: Printed, error: Exception, told: str) -> None:
    with pytest.raises(ZeroDivisionError), step("Load"):
        raise error
    commands = [parse_command(line) for line in capsys.readouterr().out.splitlines()]
    assert commands == [GroupStart("Load"), GroupEnd(is_failed=True, error=told)]


def test_an_entry_is_one_line_whatever_it_says(capsys: Printed) -> None:
    log("warning", "two\nlines", rows=float("nan"))
    [line] = capsys.readouterr().out.splitlines()
    assert parse_command(line) == Report("two\nlines", "warn", fields={"rows": "NaN"})


def test_a_result_is_json(capsys: Printed) -> None:
    result([{"rows": 3}])
    assert parse_command(capsys.readouterr().out) == Result([{"rows": 3}])


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_a_progress_out_of_range_is_refused(capsys: Printed, percent: float) -> None:
    with pytest.raises(ValueError, match="percent is a number from 0 to 100"):
        progress(percent)
    assert capsys.readouterr().out == ""


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UnknownLevel):
        log("loud", "text")
