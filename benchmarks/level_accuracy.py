"""Compares level detection with the true levels of log collections, and times it.

    python benchmarks/level_accuracy.py PATH... [--show N]

A PATH is a table `NAME.tsv` or a directory of logs. A table has a line a row, `WANTED<TAB>LINE`: WANTED is the level
that the line shows, `-` for none; `\\x1b`, `\\t` and `\\ufeff` stand for these characters. Rows that begin with `# `
are passed over.
A directory holds `NAME.log` and, for systems that write levels, `NAME.levels.csv` (`line,level`, counted from 1).
Logs without levels show how many of their lines are (rightly or wrongly) given one.

"False" is a level that the line does not show, or another than it shows; "lost" is one that it shows and that is not
found.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jobs import levels
from jobs.text import parse_line

NO_LEVEL = "-"
ESCAPES = {r"\x1b": "\x1b", r"\t": "\t", r"\ufeff": "\ufeff"}


def lines_of(log: Path) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r") for line in log.read_bytes().split(b"\n")]


def true_levels(log: Path) -> dict[int, str]:
    table = log.with_suffix(".levels.csv")
    if not table.exists():
        return {}
    with table.open(newline="") as rows:
        return {int(row["line"]): levels.NAMES[levels.parse(row["level"])] for row in csv.DictReader(rows)}


def rows_of(table: Path) -> Iterator[tuple[str, str]]:
    for row in table.read_text(encoding="utf-8").split("\n"):
        wanted, tab, line = row.partition("\t")
        if tab and not row.startswith("#"):
            for written, character in ESCAPES.items():
                line = line.replace(written, character)
            yield wanted, line


def report_log(log: Path, show: int) -> None:
    lines, expected = lines_of(log), true_levels(log)
    found, speed = _found(lines)
    if not expected:
        print(f"{log.stem:<20} no true levels; found {dict(Counter(found))} {speed}")
        return
    numbers = list(expected)
    rows = [(expected[number], lines[number - 1]) for number in numbers]
    _report(log.stem, rows, [found[number - 1] for number in numbers], speed, show)


def report_table(table: Path, show: int) -> None:
    rows = list(rows_of(table))
    found, speed = _found([line for _, line in rows])
    _report(table.stem, rows, found, speed, show)


def _found(lines: Sequence[str]) -> tuple[list[str], str]:
    started = time.perf_counter()
    found = [parse_line(line).level or NO_LEVEL for line in lines]
    return found, f"{len(lines) / (time.perf_counter() - started):>10,.0f} lines/s"


def _report(name: str, rows: Sequence[tuple[str, str]], found: Sequence[str], speed: str, show: int) -> None:
    wrong = [(*row, level) for row, level in zip(rows, found, strict=True) if row[0] != level]
    lost = sum(level == NO_LEVEL for _, _, level in wrong)
    a_thousand = 1000 / max(len(rows), 1)
    print(
        f"{name:<20} {100 - len(wrong) * a_thousand / 10:7.2f} % of {len(rows)}; per 1,000 lines "
        f"{(len(wrong) - lost) * a_thousand:.1f} false, {lost * a_thousand:.1f} lost {speed}"
    )
    for wanted, line, level in wrong[:show]:
        print(f"    {wanted}, not {level}: {line[:160]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--show", type=int, default=3, help="wrong lines to print for each system")
    options = parser.parse_args()
    for path in options.paths:
        if path.is_dir():
            for log in sorted(path.glob("*.log")):
                report_log(log, options.show)
        else:
            report_table(path, options.show)


if __name__ == "__main__":
    main()
