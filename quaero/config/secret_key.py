"""The secret key that signs sessions and links: made once, kept in the data directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE_NAME = "secret_key"


def kept_secret_key(data_dir: Path) -> str:
    """The key in `data_dir`, which is made if there is none. Raises OSError, and ValueError for an empty file."""
    path = data_dir / FILE_NAME
    try:
        key = path.read_text().strip()
    except FileNotFoundError:
        key = make_secret_key(path)
    if not key:
        raise ValueError(f"{path} is empty: delete it, and a new key is made.")
    return key


def make_secret_key(path: Path) -> str:
    """Makes a key at `path`, or returns the key that another process has made there meanwhile.

    The key is written to a file beside it, which is then linked to the name. That succeeds for one process only, and
    no process ever reads half a key.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_text().strip()
