"""How many lines a second `manage.py runjob` records from a program that prints as fast as it can.

    python benchmarks/runjob_throughput.py [--lines 300000]

Runs against a new SQLite database in a temporary directory. Prints lines per second for several kinds of
lines (from the job's start to its end, all recorded) and the largest memory of the recording process.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "plain": "a line of output without a level, as most programs write them",
    "level": "2024-03-01 10:15:30,123 INFO  [main] org.example.Worker: processed an item in 12 ms",
    "prose": "compiling module 17: src/error_boundary.tsx, no error found so far",
    "logfmt": 'time=2024-03-01T10:15:30Z level=info msg="processed an item" duration=12ms',
    "json": '{"time":"2024-03-01T10:15:30Z","level":"info","msg":"processed an item","duration_ms":12}',
}


def manage(directory: Path, *arguments: str) -> None:
    variables = {"QUAERO_DATA_DIR": str(directory), "DATABASE_URL": f"sqlite:///{directory}/bench.sqlite3"}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=True)


def seconds_of_last_job(directory: Path) -> tuple[int, float]:
    with sqlite3.connect(directory / "bench.sqlite3") as database:
        row = database.execute(
            "SELECT last_line, started_at, finished_at FROM quaero_jobs_job ORDER BY created_at DESC LIMIT 1"
        ).fetchone()
    started, finished = (datetime.fromisoformat(moment) for moment in row[1:])
    return row[0], (finished - started).total_seconds()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        manage(directory, "migrate", "-v0")
        for kind, line in KINDS.items():
            manage(directory, "runjob", "--quiet", "--", "sh", "-c", 'yes "$0" | head -n "$1"', line, str(lines))
            recorded, seconds = seconds_of_last_job(directory)
            print(f"{kind:<8} {recorded / seconds:>10,.0f} lines/s   {recorded} lines in {seconds:.1f} s")
    print(f"largest memory of a recording process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
