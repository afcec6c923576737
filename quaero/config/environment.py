"""The environment, read once: typed, with ranges, and loud about what is wrong.

`docs/settings.md` describes every variable; a test fails when one is missing there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from jobs import conf
from jobs.configuration.variables import Variables
from quaero.config import database_url
from quaero.config.places import default_data_directory
from quaero.config.secret_key import kept_secret_key
from quaero.config.variables import InstallationVariables

# No settings: what is run gets them from its worker, or from `runjob`.
RUNS_VARIABLES = re.compile("QUAERO_JOB_ID|QUAERO_PARAMETERS|QUAERO_PARAMETER_.*")


@dataclass(frozen=True)
class Environment:
    data_dir: Path
    database: dict[str, Any]
    redis_url: str
    secret_key: str
    of_apps: dict[str, Any]
    """The settings that the apps read (`jobs/conf.py`), by their names without `QUAERO_`."""
    workers: int
    cors_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    base_path: str
    """Under which a proxy shows the installation; with a slash at both ends."""
    sample_jobs: bool
    known: tuple[str, ...]
    """The names of all variables that are read."""
    unknown: tuple[str, ...]
    """Variables that begin with QUAERO_ and are not read."""


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings of this installation. Raises ImproperlyConfigured, with a line for each wrong variable."""
    reader = InstallationVariables(variables)
    environment = environment_from(reader)
    if reader.problems:
        raise ImproperlyConfigured("\n".join(reader.problems))
    return environment


def environment_from(reader: InstallationVariables) -> Environment:
    data_dir = read_data_dir(reader)
    return Environment(
        data_dir=data_dir,
        database=read_database(reader, data_dir),
        redis_url=read_redis_url(reader),
        secret_key=read_secret_key(reader, data_dir),
        of_apps=conf.read_all(reader),
        workers=reader.whole_number("QUAERO_WORKERS", 2, 1, 1000),
        cors_origins=reader.origins("QUAERO_CORS_ORIGINS"),
        allowed_hosts=reader.hosts("QUAERO_ALLOWED_HOSTS"),
        trusted_proxies=reader.proxies("QUAERO_TRUSTED_PROXIES"),
        base_path=reader.path("QUAERO_BASE_PATH"),
        sample_jobs=reader.one_of("QUAERO_SAMPLE_JOBS", "on", ("on", "off")) == "on",
        known=tuple(reader.names),
        unknown=reader.unknown("QUAERO_", but=RUNS_VARIABLES),
    )


def read_data_dir(reader: Variables) -> Path:
    """The data directory, absolute, made when it is not there (for its owner alone: it holds logs and a key)."""
    value = reader.text("QUAERO_DATA_DIR", str(default_data_directory()))
    path = Path(value)
    try:
        path = path.expanduser().absolute()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        reader.wrong("QUAERO_DATA_DIR", value, f"a directory that is there or can be made ({reason})")
    return path


def read_database(reader: Variables, data_dir: Path) -> dict[str, Any]:
    url = reader.text("DATABASE_URL")
    in_data_dir = database_url.sqlite_database(data_dir / "quaero.sqlite3")
    if not url:
        return in_data_dir
    try:
        return database_url.database_from_url(url)
    except ValueError:
        reader.wrong("DATABASE_URL", database_url.without_password(url), database_url.ALLOWED)
        return in_data_dir


def read_redis_url(reader: Variables) -> str:
    url = reader.text("REDIS_URL")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        shown = database_url.without_password(url)
        reader.wrong("REDIS_URL", shown, "redis://HOST:PORT/NUMBER, rediss://... or unix://...")
    return url


def read_secret_key(reader: Variables, data_dir: Path) -> str:
    """SECRET_KEY, or the one kept in the data directory."""
    given = reader.text("SECRET_KEY")
    if given or reader.problems:
        return given
    try:
        return kept_secret_key(data_dir)
    except OSError as error:
        reader.problems.append(
            f"SECRET_KEY is not set and cannot be kept in {data_dir} ({error.strerror}): "
            "set it, or set QUAERO_DATA_DIR to a directory that can be written."
        )
    except ValueError as error:
        reader.problems.append(f"SECRET_KEY is not set, and {error}")
    return given
