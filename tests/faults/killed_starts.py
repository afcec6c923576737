"""Kills first starts at their statements, and starts again: `python -m tests.faults.killed_starts DIRECTORY KILLS`.

Prints what a start that nobody disturbs leaves, and after how many statements which kill has left something else.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection
from django.db.backends.signals import connection_created

os.environ["DJANGO_SETTINGS_MODULE"] = "quaero.settings"


class Counter:
    """Counts statements, and kills the process before the one that is one too many."""

    def __init__(self, at_most: int) -> None:
        self.left, self.count = at_most, 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        if self.count > self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    def watch(self, **told: Any) -> None:
        connection.execute_wrappers.append(self)


def start(database: Path, at_most: int = 1_000_000) -> int:
    """How many statements it took."""
    from jobs.readiness import bring_up_to_date  # noqa: PLC0415 (django is set up only now)

    counter = Counter(at_most)
    connection_created.connect(counter.watch, weak=False)
    connection.settings_dict["NAME"] = str(database)
    bring_up_to_date(io.StringIO())
    return counter.count


def found() -> list[str]:
    from django.contrib.auth.models import Group, Permission  # noqa: PLC0415
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415

    from jobs.models import Job  # noqa: PLC0415

    rights = [f"{group}: {right}" for group, right in Group.objects.values_list("name", "permissions__codename")]
    jobs = [f"{name} is {status}" for name, status in Job.objects.values_list("name", "status")]
    return sorted([*rights, *jobs, *map(str, Permission.objects.all()), *map(str, ContentType.objects.all())])


def in_child(work: Callable[[], object]) -> Any:
    """What `work` gives in a process of its own; None when that was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(said) if said else None


def main(directory: Path, kills: int) -> None:
    django.setup()
    statements = in_child(lambda: start(directory / "whole"))
    whole = in_child(lambda: (start(directory / "whole"), found())[1])
    points = sorted({*range(1, statements, max(1, statements // kills)), *range(statements - 5, statements)})
    wrong = {}
    for at in points:
        database = directory / str(at)
        assert in_child(lambda: start(database, at)) is None  # noqa: B023 (called at once)
        if in_child(lambda: (start(database), found())[1]) != whole:  # noqa: B023
            wrong[at] = in_child(lambda: start(database))  # noqa: B023
    seen = {"whole": whole, "statements": statements, "kills": len(points), "wrong": sorted(wrong)}
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
