"""DATABASE_URL as Django's settings for one database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from environ import Env

ALLOWED = "sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"


def sqlite_database(path: Path) -> dict[str, Any]:
    return {"ENGINE": "quaero.sqlite3", "NAME": str(path)}


def database_from_url(url: str) -> dict[str, Any]:
    """Settings for `url`; a relative SQLite path counts from the working directory. Raises ValueError."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return sqlite_from_rest(rest)
    if scheme in ("postgres", "postgresql"):
        database = dict(Env.db_url_config(url))
        if database["NAME"]:
            return database
    raise ValueError(url)


def sqlite_from_rest(rest: str) -> dict[str, Any]:
    """Not by django-environ, which turns `+` in a path into a blank and takes no path for a database in memory.

    A database in memory is refused: no other process, so no `runjob`, could see it.
    """
    path = unquote(rest.removeprefix("/"))
    if not rest.startswith("/") or path in ("", ":memory:") or "?" in rest:
        raise ValueError(rest)
    try:
        return sqlite_database(Path(path).expanduser().absolute())
    except (OSError, RuntimeError) as error:  # the working directory, or the home directory, is not there
        raise ValueError(rest) from error


def without_password(url: str) -> str:
    """`url` fit for a message."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url)
