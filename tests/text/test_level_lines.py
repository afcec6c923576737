"""The table of lines of many systems, and of lines that only mention levels, with the level of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.level_accuracy import NO_LEVEL, rows_of
from jobs.text import parse_line

ROWS = list(rows_of(Path(__file__).with_name("level_lines.tsv")))


def test_the_table_has_lines_of_both_directions() -> None:
    assert min(sum(wanted == NO_LEVEL for wanted, _ in ROWS), sum(wanted != NO_LEVEL for wanted, _ in ROWS)) > 150


@pytest.mark.parametrize(("wanted", "line"), ROWS)
def test_a_line_shows_its_level(wanted: str, line: str) -> None:
    assert (parse_line(line).level or NO_LEVEL) == wanted
