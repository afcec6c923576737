"""A cgroup (v2) for each run, where this process may make some: then nothing gets away, and the system counts.

A run's cgroup bounds memory and processes where those controllers are to be had, as with systemd's `Delegate=`, and
ends all that is in it at once in any case. See https://systemd.io/CGROUP_DELEGATION/
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from functools import cache
from pathlib import Path

from jobs.running.processes.bounds import Bounds

PREFIX = "quaero-run-"
REMOVED_WITHIN_S = 2.0
FORGOTTEN_AFTER_S = 60.0  # a new one is empty for a moment


class Cgroup:
    def __init__(self, path: Path) -> None:
        self.path = path

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            (self.path / "cgroup.kill").write_text("1")

    def remove(self) -> None:
        """With those that the run has made within it."""
        until = time.monotonic() + REMOVED_WITHIN_S
        self.kill()
        while self.path.is_dir() and time.monotonic() < until:
            for directory, _, _ in os.walk(self.path, topdown=False):
                with contextlib.suppress(OSError):  # something in it is just ending
                    os.rmdir(directory)
            if self.path.is_dir():
                time.sleep(0.01)

    def bound(self, bounds: Bounds) -> None:
        """As far as there are controllers."""
        self._set("memory.max", bounds.memory_bytes)
        self._set("memory.swap.max", 0)
        self._set("memory.oom.group", 1)
        self._set("pids.max", bounds.processes or "max")

    def _set(self, name: str, value: int | str) -> None:
        if (self.path / name).exists():
            with contextlib.suppress(OSError):
                (self.path / name).write_text(str(value))


def new_cgroup(job_id: str, bounds: Bounds) -> Cgroup | None:
    """None where this process may make none. It is to be removed in the end."""
    home = home_of_runs()
    if home is None:
        return None
    try:
        cgroup = Cgroup(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{job_id}-", dir=home)))
    except OSError:
        return None
    if not (cgroup.path / "cgroup.kill").exists():  # before Linux 5.14
        os.rmdir(cgroup.path)
        return None
    cgroup.bound(bounds)
    return cgroup


def remove_cgroups_of(job_id: str) -> None:
    """Ends what is in them: for a job of which nothing is to run any more."""
    home = home_of_runs()
    for path in home.glob(f"{PREFIX}{job_id}-*") if home is not None else ():
        Cgroup(path).remove()


@cache
def home_of_runs() -> Path | None:
    """Where the cgroups of runs are made: in our own; or in the one around it, if that has been given to us whole
    and ours is but a part of it (`DelegateSubgroup=` of systemd).
    """
    here = own_cgroup()
    if here is None:
        return None
    for place in (here.parent, here) if is_delegated(here.parent) else (here,):
        if os.access(place, os.W_OK) and os.access(place / "cgroup.procs", os.W_OK):
            if is_delegated(place):
                enable_controllers(place)
            remove_forgotten(place)
            return place
    return None


def remove_forgotten(home: Path) -> None:
    """Empty ones: of runs whose worker and guardian were both killed. (One that is not empty cannot be removed.)"""
    for path in home.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - FORGOTTEN_AFTER_S:
                path.rmdir()


def own_cgroup() -> Path | None:
    mount = mount_point()
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::/") and mount is not None:
                path = mount / line.removeprefix("0::/")
                return path if path.is_dir() else None
    return None


def mount_point() -> Path | None:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            mount, _, kind = line.partition(" - ")
            if kind.startswith("cgroup2 "):
                return Path(mount.split()[4])
    return None


def is_delegated(place: Path) -> bool:
    """As systemd marks what it leaves to others."""
    for name in ("user.delegate", "trusted.delegate"):
        with contextlib.suppress(OSError, AttributeError):
            if os.getxattr(place, name) == b"1":
                return True
    return False


def enable_controllers(place: Path) -> None:
    """For the cgroups within it. Not possible where processes are in it itself, or where it has none."""
    for name in ("memory", "pids"):
        with contextlib.suppress(OSError):
            (place / "cgroup.subtree_control").write_text(f"+{name}")
