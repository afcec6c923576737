"""What a run may use at most, all its processes together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jobs import conf
from jobs.terms.sizes import MIB


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """0: as much as there is."""

    memory_bytes: int
    processes: int = 0  # and threads
    file_bytes: int = 0  # of each that it writes
    disk_bytes: int = 0  # of its own directory

    def words(self) -> Iterator[str]:
        """As its guardian reads them."""
        yield f"memory={self.memory_bytes}"
        yield f"processes={self.processes}"
        yield f"file={self.file_bytes}"
        yield f"disk={self.disk_bytes}"

    def broken(self, name: str, used: int) -> str:
        """What the guardian has reported, in words."""
        if name == "processes":
            return f"killed for having {used} processes and threads at once: at most {self.processes} are allowed"
        if name == "disk":
            where, most = "of disk in its directory", self.disk_bytes
        else:
            where, most = "of memory", self.memory_bytes
        return f"killed for using {used // MIB} MiB {where}: at most {most // MIB} are allowed"


def configured_bounds(*, is_registered: bool) -> Bounds:
    """Registered jobs are the installation's own code: they write its files, which may be of any size."""
    return Bounds(
        memory_bytes=conf.run_memory_mb() * MIB,
        processes=conf.run_processes(),
        file_bytes=0 if is_registered else conf.run_file_mb() * MIB,
        disk_bytes=conf.run_disk_mb() * MIB,
    )
