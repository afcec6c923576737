"""Runs that use too much of what all share: they are ended, and their jobs say for what."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from jobs.models import Job
from jobs.running.processes import cgroups, guardian
from tests.processes import eventually
from tests.runs import run_python, run_shell, said, said_by_system

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SLEEP = "import time; time.sleep(60)"


@pytest.fixture(autouse=True)
def programs(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")
    settings.QUAERO_RUN_MEMORY_MB = 100


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no cgroup bounds anything."""
    monkeypatch.setattr(cgroups, "home_of_runs", lambda: None)


@pytest.fixture
def shm() -> Iterator[Path]:
    path = Path("/dev/shm") / f"quaero-test-{uuid4()}"
    yield path
    path.unlink(missing_ok=True)


def is_killed_for_memory(job: Job) -> bool:
    return re.fullmatch(r"killed for using \d+ MiB of memory: at most 100 are allowed", job.error) is not None


WRITES = "import os\nf = {opened}\nfor _ in range(300): os.write(f, bytes(1 << 20))\n"
MEMFD = WRITES.format(opened="os.memfd_create('x')")


@pytest.mark.parametrize(
    "holding",
    [
        MEMFD,
        "import os\nf = os.memfd_create('x')\nos.posix_fallocate(f, 0, 300 << 20)\n",
        "import os\nfor n in range(30):\n f = os.memfd_create('x')\n for _ in range(10): os.write(f, bytes(1 << 20))\n",
        f"{MEMFD}if os.fork():\n os._exit(0)\n",
        f"{MEMFD}import mmap\nm = mmap.mmap(f, 4096)\n",
    ],
    ids=["written", "reserved", "many", "by a daemon", "mapped in part"],
)
def test_memory_that_no_process_has_mapped_counts(holding: str) -> None:
    assert is_killed_for_memory(run_python(holding + SLEEP, timeout=20))


@pytest.mark.parametrize("end", [SLEEP, f"os.close(f); {SLEEP}", f"os.unlink(path); {SLEEP}"])
def test_files_in_shared_memory_count(shm: Path, end: str) -> None:
    opened = WRITES.format(opened="os.open(path, os.O_CREAT | os.O_WRONLY)")
    assert is_killed_for_memory(run_python(f"path = {str(shm)!r}\n{opened}{end}", timeout=20))


def test_a_directory_that_is_in_memory_counts(shm: Path, tmp_path: Path) -> None:
    for place in (tmp_path, shm.with_suffix(".scratch")):
        place.mkdir(exist_ok=True)
        (place / "file").write_bytes(bytes(1 << 20))
    made = place.stat().st_ctime
    eventually(lambda: time.time() > made + 0.2)  # or it would count as any new file there
    guarded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, str(guardian.DIRECTORY), str(tmp_path), str(place)],
        capture_output=True,
        text=True,
    )
    shutil.rmtree(place)
    assert guarded.stdout.split() == ["0", str(1 << 20)]


MEASURE = """
import sys
sys.path.insert(0, sys.argv[1])
from memory import Memory
print(*(Memory(None, directory).used_by([], 1 << 40) for directory in sys.argv[2:]))
"""


def test_a_file_in_shared_memory_that_was_there_before_does_not_count(shm: Path) -> None:
    shm.write_bytes(bytes(150 << 20))
    made = shm.stat().st_ctime
    eventually(lambda: time.time() > made + 0.2)
    job = run_shell(f"sleep 1.2; exec 3<{shm}; sleep 0.8; echo well")
    assert (job.status, said(job)) == ("completed", ["well"])


def test_shared_memory_that_is_mapped_by_many_counts_once() -> None:
    program = (
        "import mmap, os, time\nf = os.memfd_create('x'); os.ftruncate(f, 60 << 20); m = mmap.mmap(f, 60 << 20)\n"
        "for at in range(0, 60 << 20, 4096): m[at] = 1\n"
        "for _ in range(3):\n"
        "    if not os.fork():\n"
        "        sum(m[at] for at in range(0, 60 << 20, 4096)); time.sleep(1); os._exit(0)\n"
        "for _ in range(3): os.wait()\n"
    )
    assert run_python(program).error == ""


@pytest.mark.parametrize("start", ["sleep 60 &", "setsid sleep 60 &", "(sleep 60 &)"])
def test_too_many_processes_are_ended(settings: Settings, start: str) -> None:
    settings.QUAERO_RUN_PROCESSES = 50
    job = run_shell(f"for n in $(seq 200); do {start} done; sleep 30", timeout=20)
    assert re.fullmatch(r"killed for having \d+ processes and threads at once: at most 50 are allowed", job.error)
    assert job.error in said_by_system(job)


def test_too_many_threads_are_ended(settings: Settings) -> None:
    settings.QUAERO_RUN_PROCESSES, settings.QUAERO_RUN_MEMORY_MB = 50, 2048
    threads = "import threading, time\nfor _ in range(99): threading.Thread(target=time.sleep, args=[30]).start()"
    assert "at most 50 are allowed" in run_python(threads, timeout=20).error


def test_as_many_processes_as_are_allowed_run(settings: Settings) -> None:
    settings.QUAERO_RUN_PROCESSES = 50
    assert run_shell("for n in $(seq 40); do sleep 0.6 & done; wait").status == "completed"


def test_no_file_becomes_larger_than_is_allowed(settings: Settings) -> None:
    settings.QUAERO_RUN_FILE_MB = 5
    job = run_python("with open('large', 'wb') as file:\n    file.write(bytes(8 << 20))")
    assert job.error == "OSError: [Errno 27] File too large"
    job = run_shell("exec dd if=/dev/zero of=large bs=1M count=8")
    assert job.error == "a file was to become larger than 5 MiB, which is the most that is allowed"
    assert run_shell("dd if=/dev/zero of=large bs=1M count=4").status == "completed"


@pytest.mark.parametrize(
    "fill",
    [
        "dd if=/dev/zero of=large bs=1M count=30",
        "mkdir -p a/b; for n in $(seq 30); do dd if=/dev/zero of=a/b/$n bs=1M count=1; done",
        "exec 3>large; dd if=/dev/zero bs=1M count=30 >&3; rm large",
    ],
    ids=["one file", "many", "deleted"],
)
def test_a_directory_that_becomes_too_large_ends_the_run(settings: Settings, fill: str) -> None:
    settings.QUAERO_RUN_DISK_MB = 20
    job = run_shell(f"{fill}; sleep 30", timeout=20)
    assert re.fullmatch(r"killed for using \d+ MiB of disk in its directory: at most 20 are allowed", job.error)


def test_what_a_directory_only_points_to_does_not_count(settings: Settings, tmp_path: Path) -> None:
    settings.QUAERO_RUN_DISK_MB = 20
    (tmp_path / "large").write_bytes(bytes(30 << 20))
    assert run_shell(f"ln -s {tmp_path} there; truncate -s 1G sparse; sleep 0.7").status == "completed"
