"""A tab of Chromium on a server of its own, and what is measured of it from outside."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the programs of this folder use those above

from served import Served

SESSION = """
from django.contrib.auth.models import Group, User
from django.test import Client
user = User.objects.create_user("reader")
user.groups.add(Group.objects.get(name="Quaero viewers"))
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""
JOB = """
from django.utils import timezone
from jobs import lifecycle
from jobs.models import Job
from jobs.recording import NewEntry, append
job = Job.objects.create(name="{count} lines")
lifecycle.start_job(job.pk, leased=False)
message = "GET /api/orders/4711 200 in 13 ms: 14 rows"
for begin in range(0, {count}, 5000):
    append(job, [NewEntry(f"{{n}} {{message}}") for n in range(begin + 1, min(begin + 5000, {count}) + 1)])
lifecycle.finish_job(job.pk, "completed")
print(job.pk)
"""
# Long tasks, the time between frames, and how long input waits, from the first script on.
WATCH = """
globalThis.watched = { tasks: [], frames: [], delays: [], rows: 0 };
new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) watched.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
    for (const { startTime, processingStart } of list.getEntries()) watched.delays.push(processingStart - startTime);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
let last = performance.now();
const frame = (now) => {
    watched.frames.push(now - last);
    last = now;
    watched.rows = Math.max(watched.rows, document.querySelectorAll(".log-row").length);
    requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
const forRow = new MutationObserver(() => {
    if (watched.firstRow || !document.querySelector(".log-row")) return;
    watched.firstRow = performance.now();
    forRow.disconnect();
});
forRow.observe(document, { childList: true, subtree: true });
"""
FIRST_ROW = "watched.firstRow - performance.getEntriesByType('navigation')[0].responseEnd"


@dataclass
class Tab:
    page: Page
    protocol: CDPSession

    def heap_mb(self) -> float:
        """In use after a collection of garbage."""
        self.protocol.send("HeapProfiler.collectGarbage")
        return float(self.protocol.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def begin(self) -> None:
        """What is watched counts from here on."""
        self.page.evaluate("() => Object.assign(watched, { tasks: [], frames: [], delays: [], rows: 0 })")

    def watched(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => watched")
        return found

    def script_ms(self) -> float:
        """How long scripts, styles and layout have taken so far."""
        metrics = self.protocol.send("Performance.getMetrics")["metrics"]
        wanted = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
        return 1000 * sum(float(each["value"]) for each in metrics if each["name"] in wanted)


@contextmanager
def opened_tab(server: Served) -> Iterator[Tab]:
    """A tab of a viewer, on no page yet."""
    session = server.manage("shell", "--no-imports", "-c", SESSION).strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        url = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        context.add_init_script(WATCH)
        page = context.new_page()
        protocol = context.new_cdp_session(page)
        protocol.send("Performance.enable")
        yield Tab(page, protocol)
        browser.close()


def made_job(server: Served, count: int) -> str:
    """The id of a finished job with so many lines, which begin with their numbers."""
    return server.manage("shell", "--no-imports", "-c", JOB.format(count=count)).strip()
