"""Python programs for tests, run as a worker runs them: what is read off their pipes, as items."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jobs.recording import NewEntry
from jobs.running import child
from jobs.running.output.items import Item, ItemReader
from jobs.running.output.lines import LineAssembler
from tests.processes import DEADLINE_S

CHILD = Path(child.__file__).parent
AT = datetime(2024, 3, 1, 10, 15, 30, tzinfo=UTC)


class Said(NamedTuple):
    """What a program has said, and its exit code."""

    items: list[Item]
    exit_code: int

    @property
    def entries(self) -> list[NewEntry]:
        return [item for item in self.items if isinstance(item, NewEntry)]

    @property
    def messages(self) -> list[str]:
        return [entry.message for entry in self.entries]

    def of(self, *kinds: type) -> list[Item]:
        return [item for item in self.items if isinstance(item, kinds)]


def run_program(path: Path, program: str, *, bootstrap: bool = True, **variables: str) -> Said:
    """Writes `program` to `path` and runs it to its end; what it said on stdout comes before stderr."""
    path.write_text(program, encoding="utf-8", errors="surrogateescape")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QUAERO_", "LC_"))}
    process = subprocess.run(
        [sys.executable, *([str(CHILD / "run_program.py")] if bootstrap else []), str(path)],
        env={**inherited, "PYTHONPATH": str(CHILD), "LANG": "C", **variables},
        cwd=path.parent,
        capture_output=True,
        timeout=DEADLINE_S,
    )
    return Said([*items_of("stdout", process.stdout), *items_of("stderr", process.stderr)], process.returncode)


def items_of(stream: str, output: bytes) -> list[Item]:
    assembler = LineAssembler()
    return ItemReader(stream).items_of([*assembler.feed(output, 0.0), *assembler.end()], AT)
