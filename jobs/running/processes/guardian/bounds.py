"""Within which bounds a command runs, as the worker says it on the command line; and those that the system holds."""

from __future__ import annotations

import contextlib
import os
import resource

ALL_RUNS = 4  # what the system counts for a user are the processes of all of its runs


class Bounds:
    """`control=3 scratch=/tmp/x memory=BYTES processes=N file=BYTES disk=BYTES user=1000 groups=1000,4 cgroup=PATH`

    A bound that is 0 is none. The first of the groups is the user's own. No `user`: the command runs as we do.
    """

    def __init__(self, words: list[str]) -> None:
        given = dict(word.split("=", 1) for word in words)
        self.control = int(given["control"])
        self.scratch = given["scratch"]
        self.memory, self.processes = int(given["memory"]), int(given["processes"])
        self.file, self.disk = int(given["file"]), int(given["disk"])
        self.user = int(given["user"]) if "user" in given else None
        self.groups = [int(group) for group in given.get("groups", "").split(",") if group]
        self.cgroup = given.get("cgroup")

    def hold(self) -> None:
        """Sets for this process and all that it will start what the system bounds, and becomes the other user.

        Raises OSError where that is not allowed: as ourselves the command must not run then.
        """
        self._enter_cgroup()
        # The system refuses one process that asks for far too much, before it is measured.
        limit(resource.RLIMIT_DATA, self.memory)
        limit(resource.RLIMIT_FSIZE, self.file)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.user is not None:  # of our own user, others would be counted as well
            limit(resource.RLIMIT_NPROC, self.processes * ALL_RUNS)
            for stream in (1, 2):  # so that it may open /dev/stdout
                os.fchown(stream, self.user, -1)
            os.setgroups(self.groups)
            os.setresgid(self.groups[0], self.groups[0], self.groups[0])
            os.setresuid(self.user, self.user, self.user)

    def _enter_cgroup(self) -> None:
        if self.cgroup is not None:
            with contextlib.suppress(OSError), open(f"{self.cgroup}/cgroup.procs", "w") as file:
                file.write("0")


def limit(which: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):
        if most:
            resource.setrlimit(which, (most, most))
