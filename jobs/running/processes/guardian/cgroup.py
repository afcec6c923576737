"""The run's cgroup (v2), where it has one: https://docs.kernel.org/admin-guide/cgroup-v2.html"""

from __future__ import annotations

import contextlib
import os


class Cgroup:
    def __init__(self, path: str | None) -> None:
        self.path = path

    def kill(self) -> None:
        """All at once, also those that fork."""
        with contextlib.suppress(OSError):
            if self.path is not None:
                with open(f"{self.path}/cgroup.kill", "w") as file:
                    file.write("1")

    def remove(self) -> None:
        """Its worker, which does it too, may be no more."""
        with contextlib.suppress(OSError):
            if self.path is not None:
                os.rmdir(self.path)

    def has_run_out_of_memory(self) -> bool:
        return any(
            line.startswith("oom_kill ") and line.split()[1] != "0" for line in self._read("memory.events").splitlines()
        )

    def most_memory(self) -> int:
        written = self._read("memory.peak").strip()
        return int(written) if written.isdigit() else 0

    def _read(self, name: str) -> str:
        with contextlib.suppress(OSError):
            if self.path is not None:
                with open(f"{self.path}/{name}") as file:
                    return file.read()
        return ""
