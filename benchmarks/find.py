"""Finding in a large log, and the places of its entries, beside one plain query that looks at all messages.

    python benchmarks/find.py [--lines N]

Each answer is asked for over HTTP by a text that was not asked for before, so nothing of it is remembered. Targets: the
first entry with a rare word within 1 s, the exact number of entries within 2 s, for texts and for expressions; a page
of the filtered log by its offset within 0.1 s once the log was counted.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

from figures import Targets, table
from installation import Installation

HERE = Installation()

from large_logs import COMMON, RARE, SOME, fill  # noqa: E402
from server import Server  # noqa: E402

from jobs import lifecycle  # noqa: E402

FIRST_S, TOTAL_S, PAGE_S = 1.0, 2.0, 0.1
NEEDLES = {
    "rare text": {"find": RARE},
    "rare text, case": {"find": RARE, "case": 1},
    "rare expression": {"find": f"{RARE[:-1]}[{RARE[-1]}z]", "regex": 1},
    "some expression": {"find": f"{SOME[:-1]}[{SOME[-1]}z]", "regex": 1},
    "common expression": {"find": f"{COMMON[:-1]}[{COMMON[-1]}z]", "regex": 1},
    "of nothing": {"find": "nowhere[0-9]+", "regex": 1},
}


def plain_query(job_id: UUID) -> float:
    """Seconds in which SQLite looks at all messages."""
    began = time.perf_counter()
    with sqlite3.connect(HERE.database) as connection:
        sql = "SELECT COUNT(*) FROM quaero_jobs_logentry WHERE job_id = ? AND message LIKE ?"
        connection.execute(sql, [job_id.hex, f"%{RARE}%"]).fetchall()
    return time.perf_counter() - began


class Asking:
    def __init__(self, server: Server, job_id: UUID) -> None:
        self._root = f"http://127.0.0.1:{server.port}/api/jobs/{job_id}/logs"
        self._token = HERE.token()

    def get(self, path: str, **query: Any) -> tuple[float, Any]:
        """Seconds, and the answer."""
        request = Request(f"{self._root}{path}?{urlencode(query)}", headers={"Authorization": f"Bearer {self._token}"})
        began = time.perf_counter()
        with urlopen(request, timeout=300) as answer:
            content = json.load(answer)
        return time.perf_counter() - began, content


def run(server: Server, lines: int) -> int:
    job = lifecycle.create_job("large")
    fill(job.pk, lines)
    asking, targets = Asking(server, job.pk), Targets()
    limit = plain_query(job.pk)
    with table(f"find in {lines:,} lines", "needle", "first s", "total s", "of a plain query", "entries") as result:
        result.add("plain query", "", limit, 1.0, "")
        for name, needle in NEEDLES.items():
            first, _ = asking.get("/find", **needle)
            total, content = asking.get("/find/count", **needle)
            result.add(name, first, total, total / limit, content["total"])
            if name.startswith(("rare", "some")):
                targets.check(f"{name}: first in {first:.2f} s (less than {FIRST_S:g})", first < FIRST_S)
                targets.check(f"{name}: total in {total:.2f} s (less than {TOTAL_S:g})", total < TOTAL_S)
    middle = "2026-01-31T12:00:00Z"
    with table("places and pages", "what", "first s", "again s") as result:
        for name, path, query in (
            ("place of a time", "/place", {"time": middle}),
            ("place of a time, searched", "/place", {"time": middle, "search": COMMON}),
            ("offset", "", {"offset": lines // 2}),
            ("offset, level", "", {"offset": lines // 20, "level": "warn"}),
            ("offset, searched", "", {"offset": lines // 4, "search": COMMON}),
        ):
            first, again = asking.get(path, **query)[0], asking.get(path, **query)[0]
            result.add(name, first, again)
            targets.check(f"{name}: again in {again:.3f} s (less than {PAGE_S:g})", again < PAGE_S)
    return targets.exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    with Server() as server:
        return run(server, options.lines)


if __name__ == "__main__":
    sys.exit(main())
