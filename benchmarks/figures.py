"""Timing, tables and targets of the benchmarks."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0-1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Table:
    """Rows of cells under a title; printed when the block ends."""

    title: str
    heads: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        self.rows.append(cells)

    def show(self) -> None:
        lines = [[shown(cell) for cell in row] for row in (self.heads, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        print(self.title)
        for first, *rest in lines:
            right = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
            print(f"  {first:<{widths[0]}}  " + "  ".join(right))


def shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.2f}" if abs(cell) < 100 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


@contextmanager
def table(title: str, *heads: str) -> Iterator[Table]:
    result = Table(title, heads)
    yield result
    result.show()


class Targets:
    """Prints whether each target was reached. `exit_code` is 1 when one was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def check(self, what: str, is_reached: bool) -> None:
        print(f"  {'reached' if is_reached else 'MISSED '}  {what}")
        if not is_reached:
            self.missed.append(what)

    @property
    def exit_code(self) -> int:
        return 1 if self.missed else 0


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
