"""Files that only their owner can read, whatever the umask and the directory are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from quaero.config.secret_key import FILE_NAME

if TYPE_CHECKING:
    from quaero.config.environment import Environment

PRIVATE = 0o600
OTHERS = 0o077
BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal", ".migrate-lock")


def make_private(path: str) -> None:
    """Makes an empty private file at `path` if there is none. (SQLite gives the files beside it the same mode.)

    It does not open an existing file: closing it would release the locks that this process has on it.
    """
    if path == ":memory:" or path.startswith("file:"):
        return
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            os.fchmod(descriptor, PRIVATE)  # the umask may have taken the owner's own rights
        finally:
            os.close(descriptor)


def files_of(environment: Environment) -> list[Path]:
    """The secret key, and the database if it is a file."""
    files = [environment.data_dir / FILE_NAME]
    if environment.database["ENGINE"].endswith("sqlite3"):
        files += [Path(f"{environment.database['NAME']}{suffix}") for suffix in BESIDE_A_DATABASE]
    return files


def tighten(files: Iterable[Path]) -> list[Path]:
    """Removes other users' rights on `files` that belong to this user. Returns the files that had such rights."""
    return [path for path in files if is_tightened(path)]


def is_tightened(path: Path) -> bool:
    with suppress(OSError):
        status = path.stat()
        if status.st_uid == os.geteuid() and status.st_mode & OTHERS:
            path.chmod(status.st_mode & 0o7777 & ~OTHERS)
            return True
    return False
