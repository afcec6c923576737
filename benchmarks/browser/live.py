"""A job's page in a browser while the job logs: long tasks, memory, how long input waits, whether every line is there.

    python benchmarks/browser/live.py [--rate 1000 --seconds 300] [--rate 10000 --seconds 20]

Without options both are measured. A task takes longer when other processes need its core, so their load is printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the programs of this folder use those above

from figures import Targets, percentile, table
from served import ROOT, Served
from tab import Tab, opened_tab

RUNS = ((1_000, 300), (10_000, 20))  # lines a second, seconds
TASK_MS = 100.0
INPUT_MS = 100.0
FLAT_MB = 4.0  # growth that is allowed after the first minute, or a third of the time
LOOKS = 10
BATCHES_A_SECOND = 20
START = """
from jobs import lifecycle
from jobs.models import Job
job = Job.objects.create(name="Live")
lifecycle.start_job(job.pk, leased=False)
print(job.pk)
"""
WRITE = """
import time
from jobs import lifecycle
from jobs.recording import NewEntry, append
size, started = {rate} // {batches}, time.monotonic()
message = "GET /api/orders/4711 200 in 13 ms: 14 rows"
for batch in range({seconds} * {batches}):
    time.sleep(max(0.0, started + batch / {batches} - time.monotonic()))
    append("{job_id}", [NewEntry(f"{{batch * size + n + 1}} {{message}}") for n in range(size)])
lifecycle.finish_job("{job_id}", "completed")
"""
LINES = """async () => {
    const store = Alpine.$data(document.querySelector("main")).store();
    const entries = await store.read(store.first, store.end);
    const wrong = entries.findIndex(({ line }, index) => line !== index + 1);
    return [entries.length, wrong];
}"""


def writing(server: Served, job_id: str, rate: int, seconds: int) -> subprocess.Popen[bytes]:
    code = WRITE.format(job_id=job_id, rate=rate, seconds=seconds, batches=BATCHES_A_SECOND)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.Popen(command, cwd=ROOT, env=server.environment)


def watch(tab: Tab, seconds: int) -> list[float]:
    """The heap at each look (MB). Meanwhile the reader presses keys, whose delay is measured."""
    heaps, started = [], time.monotonic()
    with table("live", "second", "heap MB", "rows", "lines") as rows:
        for look in range(1, LOOKS + 1):
            while time.monotonic() < started + look * seconds / LOOKS:
                tab.page.keyboard.press("Shift")
                tab.page.wait_for_timeout(200)
            heaps.append(tab.heap_mb())
            shown = tab.page.evaluate("() => Alpine.$data(document.querySelector('main')).shown")
            rows.add(round(time.monotonic() - started), heaps[-1], tab.watched()["rows"], shown)
    return heaps


def measure(server: Served, tab: Tab, targets: Targets, rate: int, seconds: int) -> None:
    job_id = server.manage("shell", "--no-imports", "-c", START).strip()
    tab.page.goto(f"/jobs/{job_id}/")
    tab.page.locator("[data-state]").get_by_text("Live").wait_for()
    tab.begin()
    writer = writing(server, job_id, rate, seconds)
    heaps = watch(tab, seconds)
    writer.wait()
    tab.page.locator("[data-state]").get_by_text("Ended").wait_for(timeout=60_000)
    watched = tab.watched()
    longest = max((duration for _, duration in watched["tasks"]), default=0.0)
    delay = percentile(watched["delays"], 0.99) if watched["delays"] else 0.0
    growth = max(heaps) - heaps[LOOKS // 3]
    count, wrong = tab.page.evaluate(LINES)
    name = f"{rate:,} lines/s"
    targets.check(f"{name}: no task over {TASK_MS:.0f} ms: the longest took {longest:.0f} ms", longest <= TASK_MS)
    targets.check(f"{name}: input waits {delay:.0f} ms (p99), under {INPUT_MS:.0f}", delay < INPUT_MS)
    targets.check(f"{name}: heap flat: {growth:.1f} MB more", growth <= FLAT_MB)
    targets.check(f"{name}: {count:,} lines, each once and in order", count == rate * seconds and wrong == -1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    runs = ((options.rate, options.seconds),) if options.rate else RUNS
    targets = Targets()
    with Served(workers=1) as server, opened_tab(server) as tab:
        for rate, seconds in runs:
            measure(server, tab, targets, rate, seconds)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
