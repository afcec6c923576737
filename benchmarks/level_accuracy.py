"""Compares level detection with the true levels of log collections, and times it.

    python benchmarks/level_accuracy.py DIRECTORY [--show N]

DIRECTORY holds `NAME.log` and, for systems that write levels, `NAME.levels.csv` (`line,level`, counted from 1).
Logs without levels show how many of their lines are (rightly or wrongly) given one.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jobs import levels
from jobs.text import parse_line


def lines_of(log: Path) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r") for line in log.read_bytes().split(b"\n")]


def true_levels(log: Path) -> dict[int, str]:
    table = log.with_suffix(".levels.csv")
    if not table.exists():
        return {}
    with table.open(newline="") as rows:
        return {int(row["line"]): levels.NAMES[levels.parse(row["level"])] for row in csv.DictReader(rows)}


def report(log: Path, show: int) -> None:
    lines, expected = lines_of(log), true_levels(log)
    started = time.perf_counter()
    found = [parse_line(line).level for line in lines]
    seconds = time.perf_counter() - started
    speed = f"{len(lines) / seconds:>10,.0f} lines/s"
    if not expected:
        print(f"{log.stem:<14} no true levels; found {dict(Counter(map(str, found)))} {speed}")
        return
    wrong = [number for number, level in expected.items() if found[number - 1] != level]
    right = 100 * (1 - len(wrong) / len(expected))
    print(f"{log.stem:<14} {right:7.2f} % of {len(expected)} {speed}")
    for number in wrong[:show]:
        print(f"    {number}: {expected[number]}, not {found[number - 1]}: {lines[number - 1][:160]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--show", type=int, default=3, help="wrong lines to print for each system")
    options = parser.parse_args()
    for log in sorted(options.directory.glob("*.log")):
        report(log, options.show)


if __name__ == "__main__":
    main()
