"""A job's page in a browser while the job logs 1,000 lines/s: long tasks, memory, and whether it keeps up.

    python benchmarks/job_page.py [--seconds 120] [--rate 1000] [--panel]

Target: no task of the page over 200 ms, and a heap that stays flat once the page holds its maximum of lines. The heap
is measured after a collection of garbage, whose own pauses do not count as tasks. A task takes longer when other
processes need its core: their load is printed, and with more than half a core of it the figure is not the page's.
`--panel` opens the service log too, so that each line is drawn twice.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from dataclasses import dataclass, field

import psutil
from figures import Targets, table
from installation import Installation
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright
from writer import Plan
from writers import Writer, writer_of_its_own

HERE = Installation()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.test import Client  # noqa: E402

from jobs import lifecycle  # noqa: E402
from jobs.models import Job  # noqa: E402

LONGEST_TASK_MS = 200.0
FLAT_MB = 4.0  # growth that is allowed: a leak of 100,000 lines would be some tens of MB
SETTLED_S = 20  # the page holds 10,000 lines at most, and has them by then
BATCHES_A_SECOND = 20
SHARES = {
    "TaskDuration": "busy",
    "ScriptDuration": "scripts",
    "RecalcStyleDuration": "styles",
    "LayoutDuration": "layout",
}
WATCH_TASKS = """
    globalThis.tasks = [];
    new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) tasks.push([startTime, duration]);
    }).observe({ type: "longtask", buffered: true });
"""
LAST_ROW = ".log-panel .log-row:nth-last-child(1 of .log-row) .log-line"
LAST_LINE = f"Number(document.querySelector('{LAST_ROW}')?.textContent)"


@dataclass
class Watch:
    """Measures a page from outside, by the browser's own protocol."""

    page: Page
    protocol: CDPSession
    collections: list[tuple[float, float]] = field(default_factory=list)

    def heap(self) -> int:
        """Bytes in use after a collection of garbage."""
        begin = self._now()
        self.protocol.send("HeapProfiler.collectGarbage")
        self.collections.append((begin, self._now()))
        return int(self.protocol.send("Runtime.getHeapUsage")["usedSize"])

    def metric(self, name: str) -> float:
        metrics = self.protocol.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == name))

    def tasks(self) -> list[float]:
        """Milliseconds of each task of the page over 50 ms, without collections of garbage."""
        found: list[tuple[float, float]] = self.page.evaluate("tasks")
        return [
            duration
            for start, duration in found
            if not any(begin <= start + duration and start <= end for begin, end in self.collections)
        ]

    def _now(self) -> float:
        return float(self.page.evaluate("performance.now()"))


def session_of_a_viewer() -> str:
    user = User.objects.create_user("reader")
    user.groups.add(Group.objects.get(name="Quaero viewers"))
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def open_page(context: BrowserContext, path: str, *, with_panel: bool) -> Watch:
    context.add_init_script(WATCH_TASKS)
    page = context.new_page()
    page.goto(path)
    page.locator("[data-state]").get_by_text("Live").wait_for()
    if with_panel:
        page.keyboard.press("l")
    protocol = context.new_cdp_session(page)
    protocol.send("Performance.enable")
    return Watch(page, protocol)


def cpu_seconds() -> tuple[float, float]:
    """The processor seconds of this benchmark (browser, server, writer) and of the whole machine so far."""
    process = psutil.Process()
    own = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    whole = psutil.cpu_times()
    return sum(times.user + times.system for times in own), sum(whole) - whole.idle - whole.iowait


def observe(watch: Watch, writer: Writer, plan: Plan) -> Targets:
    lines = plan.batches * plan.batch_size
    seconds = round(plan.batches * plan.interval_s)
    before, started = {name: watch.metric(name) for name in SHARES}, time.monotonic()
    own_before, all_before = cpu_seconds()
    writer.start(plan)
    heaps = []
    with table("after GC", "second", "heap MB", "elements", "behind by lines") as rows:
        for second in range(SETTLED_S, seconds + 1, SETTLED_S):
            watch.page.wait_for_timeout(1000 * (started + second - time.monotonic()))
            behind = plan.batch_size * BATCHES_A_SECOND * second - watch.page.evaluate(LAST_LINE)
            heaps.append(watch.heap())
            rows.add(second, heaps[-1] / 2**20, int(watch.metric("Nodes")), max(0, behind))
    written = writer.outcome()
    watch.page.wait_for_function(f"{LAST_LINE} === {lines}", timeout=30_000)
    took = time.monotonic() - started
    tasks = watch.tasks()
    shares = ", ".join(f"{what} {(watch.metric(name) - before[name]) / took:.0%}" for name, what in SHARES.items())
    print(f"  {lines:,} lines written in {written.seconds:.1f} s, the last on the page after {took:.1f} s")
    print(f"  main thread: {shares} of the time; {len(tasks)} tasks over 50 ms")
    own, whole = cpu_seconds()
    cores = (own - own_before) / took, (whole - all_before) / took
    print(f"  cores busy: {cores[0]:.1f} with this, {cores[1] - cores[0]:.1f} with all else, of {psutil.cpu_count()}")
    targets = Targets()
    longest = max(tasks, default=0.0)
    targets.check(
        f"no task over {LONGEST_TASK_MS:.0f} ms: the longest took {longest:.0f} ms", longest <= LONGEST_TASK_MS
    )
    growth = (max(heaps) - heaps[0]) / 2**20
    targets.check(f"heap flat: at most {growth:.1f} MB more than at {SETTLED_S} s", growth <= FLAT_MB)
    return targets


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--panel", action="store_true")
    options = parser.parse_args()
    job = Job.objects.create(name="A thousand lines a second")
    lifecycle.start_job(job.pk, leased=False)
    session = session_of_a_viewer()
    plan = Plan(
        job.pk, options.seconds * BATCHES_A_SECOND, options.rate // BATCHES_A_SECOND, interval_s=1 / BATCHES_A_SECOND
    )
    with writer_of_its_own() as (server, writer), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        url = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        watch = open_page(context, f"/jobs/{job.pk}/", with_panel=options.panel)
        targets = observe(watch, writer, plan)
        browser.close()
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
