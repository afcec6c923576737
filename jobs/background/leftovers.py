"""What a program could not store before it had to end: left on another disk, and stored when the database can again.

It lies in a directory of this user's alone where temporary files are. The server, and any worker, looks there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection, transaction

from jobs.background.items import JobStarted
from jobs.background.storing import Write, apply
from jobs.patience import DatabaseFails
from jobs.terms.sizes import MIB

MAX_BYTES = 128 * MIB
SUFFIX = ".left"
FORGOTTEN_AFTER_S = 30 * 24 * 60 * 60


def leave(works: Sequence[Write]) -> bool:
    """Whether there was room for them. They are masked already."""
    data = pickle.dumps([without_event(work) for work in works], pickle.HIGHEST_PROTOCOL)
    if len(data) > MAX_BYTES:
        return False
    try:
        path = own_directory() / f"{key()}-{time.time_ns():020}-{os.getpid()}"
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(data)
        path.rename(path.with_suffix(SUFFIX))  # so that no other process takes half of it
    except OSError:
        return False
    return True


def deliver() -> None:
    """Stores what was left for this database. Raises what the database raises; the rest is then left as it was."""
    try:
        everything = sorted(own_directory().iterdir())
    except OSError:
        return
    for path in everything:
        if not path.name.startswith(f"{key()}-") or path.suffix != SUFFIX:
            forget_if_old(path)
            continue
        with suppress(OSError), taken(path) as data:
            store(works_in(data))


def forget_if_old(path: Path) -> None:
    """What belongs to a database that is used no more goes some day."""
    with suppress(OSError):
        if path.stat().st_mtime < time.time() - FORGOTTEN_AFTER_S:
            path.unlink()


@contextmanager
def taken(path: Path) -> Iterator[bytes]:
    """What is in the file, which goes in the end. Raises OSError when another process has taken it."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.stat()  # it is still there
        yield file.read()
        path.unlink()


def works_in(data: bytes) -> Sequence[Write]:
    """None where it makes no sense, as after a change of version."""
    try:
        return list(pickle.loads(data))  # noqa: S301 (in a directory that no other user can write)
    except Exception:
        return ()


def store(works: Sequence[Write]) -> None:
    """All of them in one transaction; but for those that can never be stored, as their job was deleted."""
    with transaction.atomic():
        for work in works:
            try:
                with transaction.atomic():
                    apply(work)
            except DatabaseFails:
                raise
            except Exception:  # noqa: S112
                continue


def own_directory() -> Path:
    """Raises OSError when there can be none that is ours alone."""
    path = Path(tempfile.gettempdir()) / f"quaero-{os.geteuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} is not for this user alone")
    return path


def key() -> str:
    """The same for all processes that use this database."""
    database = connection.settings_dict
    names = [str(database.get(name)) for name in ("ENGINE", "HOST", "PORT")]
    path = os.path.realpath(database["NAME"]) if connection.vendor == "sqlite" else str(database["NAME"])
    return hashlib.sha256("\n".join([*names, path]).encode()).hexdigest()[:16]


def without_event(work: Write) -> Write:
    """`work` as it can be written down. The process that began the job is gone, and cannot be stopped any more."""
    return work._replace(must_stop=None) if isinstance(work, JobStarted) else work  # type: ignore[arg-type]
