"""The page of a finished job in a browser that has nothing of it yet: bytes on the wire, requests, and its first lines.

    python benchmarks/browser/cold_page.py [--lines 100000]

Everything counts that comes until the page is quiet: HTML, scripts, styles, pictures, and what the API answers.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the programs of this folder use those above

from figures import Targets, median
from served import Served
from tab import FIRST_ROW, Tab, made_job, opened_tab

OPENINGS = 5
MOST_BYTES = 200_000
FIRST_LINES_MS = 500.0
QUIET_MS = 1000


def open_cold(tab: Tab, job_id: str) -> float:
    """Milliseconds from the end of the HTML to the first line."""
    tab.page.goto("about:blank")
    tab.protocol.send("Network.clearBrowserCache")
    tab.page.goto(f"/jobs/{job_id}/")
    tab.page.locator(".log-row").first.wait_for()
    return float(tab.page.evaluate(FIRST_ROW))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    options = parser.parse_args()
    targets = Targets()
    with Served(workers=1) as server, opened_tab(server) as tab:
        job_id = made_job(server, options.lines)
        urls: list[str] = []
        sizes: list[float] = []
        tab.protocol.send("Network.enable")
        tab.protocol.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        tab.protocol.on("Network.requestWillBeSent", lambda event: urls.append(event["request"]["url"]))
        open_cold(tab, job_id)
        tab.page.wait_for_timeout(QUIET_MS)
        whole, requests, origin = sum(sizes), len(sizes), f"http://127.0.0.1:{server.port}/"
        strangers = {url for url in urls if not url.startswith((origin, "about:", "data:"))}
        opened = median([open_cold(tab, job_id) for _ in range(OPENINGS)])
    print(f"  {requests} requests")
    targets.check(f"{whole / 1000:.0f} KB on the wire, under {MOST_BYTES / 1000:.0f}", whole < MOST_BYTES)
    targets.check("nothing from another host", not strangers)
    targets.check(f"first lines {opened:.0f} ms after the HTML, under {FIRST_LINES_MS:.0f}", opened < FIRST_LINES_MS)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
