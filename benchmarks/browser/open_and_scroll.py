"""The page of a finished job with a million lines: until its first lines are there, its memory, and how it scrolls.

    python benchmarks/browser/open_and_scroll.py [--lines 1000000]

Frames are counted while the reader turns the wheel, drags the scroll bar from end to end and jumps about. A frame is
long for other reasons too, above all when other processes need the processor: tasks of the page are beside them.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the programs of this folder use those above

from figures import Targets, median, percentile, table
from served import Served
from tab import FIRST_ROW, Tab, made_job, opened_tab

OPENINGS = 5
FIRST_LINES_MS = 500.0
HEAP_MB = 60.0
FRAME_MS = 50.0
MOST_ROWS = 500
STEPS = 200
TURNS = 100
JUMPS = 60
SETTLED = """() => {
    const log = document.querySelector(".log-panel .log");
    const view = log.getBoundingClientRect();
    return ![...log.querySelectorAll(".log-gap")].some((gap) => {
        const box = gap.getBoundingClientRect();
        return box.bottom > view.top && box.top < view.bottom;
    });
}"""
DRAG = """(share) => new Promise((resolve) => requestAnimationFrame(() => {
    const log = document.querySelector(".log-panel .log");
    log.scrollTop = share * (log.scrollHeight - log.clientHeight);
    resolve();
}))"""


def open_page(tab: Tab, job_id: str) -> float:
    """Milliseconds from the end of the HTML to the first line."""
    tab.page.goto("about:blank")
    tab.page.goto(f"/jobs/{job_id}/")
    tab.page.locator(".log-row").first.wait_for()
    return float(tab.page.evaluate(FIRST_ROW))


def turn_wheel(tab: Tab) -> None:
    tab.page.locator(".log-panel .log").hover()
    for _ in range(TURNS):
        tab.page.mouse.wheel(0, -400)
        tab.page.wait_for_timeout(16)


def drag_bar(tab: Tab) -> None:
    for step in range(STEPS + 1):
        tab.page.evaluate(DRAG, step / STEPS)


def jump_about(tab: Tab) -> None:
    places = random.Random(7)
    for _ in range(JUMPS):
        tab.page.evaluate(DRAG, places.random())
        tab.page.wait_for_function(SETTLED)


MOVES = {"wheel": turn_wheel, "bar, end to end": drag_bar, "jumps": jump_about}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    targets = Targets()
    with Served(workers=1) as server, opened_tab(server) as tab:
        job_id = made_job(server, options.lines)
        openings = [open_page(tab, job_id) for _ in range(OPENINGS)]
        opened = median(openings)
        print(f"  first lines after {', '.join(f'{each:.0f}' for each in openings)} ms")
        targets.check(
            f"first lines {opened:.0f} ms after the HTML, under {FIRST_LINES_MS:.0f}", opened < FIRST_LINES_MS
        )
        heaps = [tab.heap_mb()]
        with table("scrolling", "how", "frames", "p50 ms", "p99 ms", "longest task ms", "rows", "heap MB") as rows:
            for name, move in MOVES.items():
                tab.begin()
                move(tab)
                watched = tab.watched()
                heaps.append(tab.heap_mb())
                frames, tasks = watched["frames"], [duration for _, duration in watched["tasks"]]
                longest = max(tasks, default=0.0)
                rows.add(
                    name, len(frames), percentile(frames, 0.5), percentile(frames, 0.99), longest, watched["rows"],
                    heaps[-1],
                )  # fmt: skip
                targets.check(f"{name}: no task over {FRAME_MS:.0f} ms", longest <= FRAME_MS)
                targets.check(f"{name}: under {MOST_ROWS} rows", watched["rows"] < MOST_ROWS)
        targets.check(f"heap at most {max(heaps):.1f} MB, under {HEAP_MB:.0f}", max(heaps) < HEAP_MB)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
