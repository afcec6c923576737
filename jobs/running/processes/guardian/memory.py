"""How much memory a run uses, all its processes together, where no cgroup counts it.

Also what no process has mapped: memfds, files in /dev/shm, which lie there for as long as they have a name, and those
in the run's own directory where that is in memory.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jobs.running.processes.guardian.files import BLOCK, Key, all_below, key_of, names_in, opened_below
else:
    from files import BLOCK, all_below, key_of, names_in, opened_below

SHM = "/dev/shm/"  # noqa: S108 - of every process
MEMFD = "/memfd:"
STEP_S = 0.05  # the clock of file systems goes in steps, of 10 ms at most
GUARDIAN = os.fsencode(os.path.dirname(os.path.abspath(__file__)))


class Memory:
    def __init__(self, user: int | None, scratch: str) -> None:
        self._user = os.geteuid() if user is None else user
        self._scratch = scratch if is_memory(scratch) else None
        self._since = time.time() - STEP_S
        self._ours: set[Key] = set()  # files in /dev/shm that were seen open in the run

    def used_by(self, pids: list[int], most: int) -> int:
        """Bytes. Exactly only if it may be more than `most`: that takes the system some milliseconds for each GiB."""
        files = self._files_of(pids)
        lying = self._lying()
        ours = files | {key: size for key, size in lying.items() if key in self._ours}
        sure = sum(map(memory_of, pids)) + sum(ours.values())
        if sure + sum(size for key, size in lying.items() if key not in ours) <= most:
            return sure
        if not set(lying) <= set(ours) and not others_are_guarded():
            held = held_by_others(pids)
            ours |= {key: size for key, size in lying.items() if key not in held}
        return sum(map(share_of_memory, pids)) + sum(ours.values()) - sum(mapped_of(pid, ours) for pid in pids)

    def _files_of(self, pids: Iterable[int]) -> dict[Key, int]:
        found = {}
        for file in opened_below(pids, (MEMFD, SHM)):
            if self._may_be_ours(file):
                self._ours.add(key_of(file))
                found[key_of(file)] = file.st_blocks * BLOCK
        if self._scratch is not None:
            found |= {key_of(file): file.st_blocks * BLOCK for file in all_below(self._scratch)}
        return found

    def _lying(self) -> dict[Key, int]:
        """What is in /dev/shm that the run may have made. (The system keeps no note of that.)"""
        return {key_of(file): file.st_blocks * BLOCK for file in all_below(SHM) if self._may_be_ours(file)}

    def _may_be_ours(self, file: os.stat_result) -> bool:
        """What was there before, as data that many read, is not."""
        return file.st_uid == self._user and file.st_ctime >= self._since


def others_are_guarded() -> bool:
    """Whether other runs are there: what lies about may be theirs then."""
    return any(
        pid != os.getpid() and GUARDIAN in text_of(pid, "cmdline").split(b"\0")[:4] for pid in map(int, pids_there())
    )


def held_by_others(pids: Iterable[int]) -> set[Key]:
    """The files in /dev/shm that processes beside these have open or mapped."""
    others = set(map(int, pids_there())).difference(pids)
    held = {key_of(file) for file in opened_below(others, (SHM,))}
    for pid in others:
        lines = text_of(pid, "maps").splitlines()
        held |= {mapped_file(line.split()) for line in lines if SHM.encode() in line}
    return held


def mapped_file(words: list[bytes]) -> Key:
    """Of a line in /proc/PID/maps: addresses, rights, offset, device, inode, path."""
    major, minor = words[3].split(b":")
    return os.makedev(int(major, 16), int(minor, 16)), int(words[4])


def is_memory(directory: str) -> bool:
    """Whether files there are in memory and on no disk."""
    device = os.stat(directory).st_dev
    name = f"{os.major(device)}:{os.minor(device)}".encode()
    mounts = (line.split(b" - ") for line in text_of(os.getpid(), "mountinfo").splitlines())
    return any(
        mount.split()[2] == name and what.startswith((b"tmpfs ", b"devtmpfs ", b"ramfs ")) for mount, what in mounts
    )


def pids_there() -> list[str]:
    return [name for name in names_in("/proc") if name.isdigit()]


def text_of(pid: int, name: str) -> bytes:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read()
    return b""


def memory_of(pid: int) -> int:
    """Bytes that are in memory for this process, files aside. What processes share is counted for each of them."""
    return kilobytes_in(text_of(pid, "status"), (b"RssAnon:", b"RssShmem:")) * 1024


def share_of_memory(pid: int) -> int:
    """The same, but of what several processes share (after a fork, or as shared memory) only its share."""
    return kilobytes_in(text_of(pid, "smaps_rollup"), (b"Pss_Anon:", b"Pss_Shmem:")) * 1024 or memory_of(pid)


def mapped_of(pid: int, files: Iterable[Key]) -> int:
    """How much of its share are pages of these files, which are counted as files already."""
    counted = set(files)
    total, is_counted = 0, False
    for line in text_of(pid, "smaps").splitlines() if counted else ():
        words = line.split()
        if not words[0].endswith(b":"):  # a mapping begins
            is_counted = mapped_file(words) in counted
        elif is_counted and words[0] in (b"Pss:", b"Anonymous:"):  # anonymous pages are copies, the process's own
            total += int(words[1]) * (1024 if words[0] == b"Pss:" else -1024)
    return max(0, total)


def kilobytes_in(text: bytes, names: tuple[bytes, ...]) -> int:
    with contextlib.suppress(IndexError, ValueError):
        return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(names))
    return 0
