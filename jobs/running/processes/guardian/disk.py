"""How much of the disk a run's own directory takes."""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jobs.running.processes.guardian.files import BLOCK, all_below, key_of, opened_below
else:
    from files import BLOCK, all_below, key_of, opened_below


class Disk:
    def __init__(self, directory: str) -> None:
        self._directory = directory

    def used_by(self, pids: Iterable[int]) -> int:
        """Bytes; a file with several names counts once, and one without any as long as it is open."""
        files = {key_of(file): file.st_blocks for file in all_below(self._directory)}
        files |= {key_of(file): file.st_blocks for file in opened_below(pids, (f"{self._directory}/",))}
        return sum(files.values()) * BLOCK
