"""Writers of lines: a thread in the server's process, or a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec
from server import ROOT, Server
from writer import Outcome, Plan

WRITING_SERVER = "writing_server:application"


class Writer:
    def __init__(self, plans: IO[str], outcomes: IO[str]) -> None:
        self.plans = plans
        self.outcomes = outcomes

    def start(self, plan: Plan) -> None:
        self.plans.write(msgspec.json.encode(plan).decode() + "\n")
        self.plans.flush()

    def outcome(self) -> Outcome:
        """Waits for the oldest plan that was started. Returns its outcome."""
        return msgspec.json.decode(self.outcomes.readline(), type=Outcome)


@contextmanager
def writer_in_server() -> Iterator[tuple[Server, Writer]]:
    with Server(WRITING_SERVER) as server:
        yield server, Writer(server.input, server.output)


@contextmanager
def writer_of_its_own() -> Iterator[tuple[Server, Writer]]:
    program = [sys.executable, str(Path(__file__).with_name("writer.py"))]
    with (
        Server() as server,
        subprocess.Popen(
            program,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        yield server, Writer(cast(IO[str], process.stdin), cast(IO[str], process.stdout))


WRITERS = {"in the server": writer_in_server, "in another process": writer_of_its_own}
