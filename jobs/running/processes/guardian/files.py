"""The files that processes have open, where they are of interest."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

Key = tuple[int, int]
"""A file's device and inode."""

BLOCK = 512


def opened_below(pids: Iterable[int], beginnings: tuple[str, ...]) -> Iterator[os.stat_result]:
    """Open files of these processes whose path begins so, those too that have no name any more."""
    for pid in pids:
        directory = f"/proc/{pid}/fd"
        for name in names_in(directory):
            with contextlib.suppress(OSError):
                if os.readlink(f"{directory}/{name}").startswith(beginnings):
                    yield os.stat(f"{directory}/{name}")


def names_in(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def key_of(file: os.stat_result) -> Key:
    return file.st_dev, file.st_ino


def all_below(directory: str) -> Iterator[os.stat_result]:
    """Everything in the directory and below; links are not followed, nor other file systems entered."""
    device = None
    ahead = [directory]
    while ahead:
        with contextlib.suppress(OSError), os.scandir(ahead.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    file = entry.stat(follow_symlinks=False)
                    device = file.st_dev if device is None else device
                    if file.st_dev == device:
                        yield file
                        if entry.is_dir(follow_symlinks=False):
                            ahead.append(entry.path)
