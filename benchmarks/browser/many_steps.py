"""A running job of 5,000 steps and 200,000 lines, read by step: how long the page is busy at a time.

It is opened and scrolled, all its steps are folded and unfolded, and 50 steps a second change.

    python benchmarks/browser/many_steps.py [--steps 5000 --lines 200000]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the programs of this folder use those above

from figures import Targets, percentile, table
from open_and_scroll import drag_bar, turn_wheel
from served import ROOT, Served
from tab import Tab, opened_tab

TASK_MS = 50.0
FOLDS = 5
CHANGING_S = 15
MAKE = """
from django.db import transaction
from jobs import lifecycle
from jobs.models import Job
from jobs.recording import NewEntry, append
job = Job.objects.create(name="Many steps")
lifecycle.start_job(job.pk, leased=False)
with transaction.atomic():
    ends = ["pending", "completed"]
    steps = [lifecycle.add_step(job, f"step {{n}}", status=ends[n % 2]) for n in range({steps})]
each = {lines} // {steps}
for begin in range(0, {steps}, 100):
    append(job, [NewEntry(f"line {{n}} of {{step.name}}", step=step.pk)
                 for step in steps[begin : begin + 100] for n in range(each)])
print(job.pk)
"""
CHANGE = """
import time
from jobs import lifecycle
from jobs.models import Step
started = time.monotonic()
for n, step in enumerate(Step.objects.filter(job_id="{job_id}", status="pending")[: 50 * {seconds}]):
    time.sleep(max(0.0, started + n / 50 - time.monotonic()))
    lifecycle.start_step(step)
    lifecycle.finish_step(step, "completed")
"""


def fold_and_unfold(tab: Tab) -> None:
    for _ in range(FOLDS):
        for action in ("unfoldAll", "foldAll"):  # by role Playwright would look at each step in the page, for seconds
            tab.page.locator(f".log-grouping [x-on\\:click={action}]").click()
            tab.page.wait_for_timeout(200)


def change_steps(tab: Tab, server: Served, job_id: str) -> None:
    code = CHANGE.format(job_id=job_id, seconds=CHANGING_S)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    writer = subprocess.Popen(command, cwd=ROOT, env=server.environment)
    while writer.poll() is None:
        tab.page.wait_for_timeout(200)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--lines", type=int, default=200_000)
    options = parser.parse_args()
    targets = Targets()
    with Served(workers=1) as server, opened_tab(server) as tab:
        code = MAKE.format(steps=options.steps, lines=options.lines)
        job_id = server.manage("shell", "--no-imports", "-c", code).strip()
        moves = {
            "fold and unfold all": lambda: fold_and_unfold(tab),
            "wheel": lambda: turn_wheel(tab),
            "bar, end to end": lambda: drag_bar(tab),
            "50 steps a second": lambda: change_steps(tab, server, job_id),
        }
        tab.page.goto(f"/jobs/{job_id}/")
        tab.page.locator(".log-step-toggle").first.wait_for()
        with table("many steps", "what", "frames", "p99 ms", "tasks over 50 ms", "longest task ms", "heap MB") as rows:
            for name, move in {"open": lambda: tab.page.wait_for_timeout(2000), **moves}.items():
                if name != "open":
                    tab.begin()
                move()
                frames, tasks = tab.watched()["frames"], [duration for _, duration in tab.watched()["tasks"]]
                longest = max(tasks, default=0.0)
                rows.add(name, len(frames), percentile(frames, 0.99), len(tasks), longest, tab.heap_mb())
                targets.check(f"{name}: no task over {TASK_MS:.0f} ms: the longest {longest:.0f}", longest <= TASK_MS)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
