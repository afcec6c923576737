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

from jobs import levels
from jobs.languages import LANGUAGES
from quaero.config import database_url
from quaero.config.places import default_data_directory
from quaero.config.secret_key import kept_secret_key
from quaero.config.variables import Variables

# No settings: what is run gets them from its worker, or from `runjob`.
RUNS_VARIABLES = re.compile("QUAERO_JOB_ID|QUAERO_PARAMETERS|QUAERO_PARAMETER_.*")


@dataclass(frozen=True)
class Environment:
    data_dir: Path
    database: dict[str, Any]
    redis_url: str
    secret_key: str
    batch_interval_ms: int
    ping_interval_s: int
    default_limit: int
    max_limit: int
    buffer_size: int
    max_streams: int
    retention_days: int
    programs: tuple[str, ...]
    workers: int
    run_timeout_s: int
    run_memory_mb: int
    run_processes: int
    run_file_mb: int
    run_disk_mb: int
    run_user: str
    run_environment: tuple[str, ...]
    mask_patterns: tuple[str, ...]
    cors_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    service_log_level: str
    sample_jobs: bool
    known: tuple[str, ...]
    """The names of all variables that are read."""
    unknown: tuple[str, ...]
    """Variables that begin with QUAERO_ and are not read."""


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings of this installation. Raises ImproperlyConfigured, with a line for each wrong variable."""
    reader = Variables(variables)
    environment = environment_from(reader)
    if reader.problems:
        raise ImproperlyConfigured("\n".join(reader.problems))
    return environment


def environment_from(reader: Variables) -> Environment:
    data_dir = read_data_dir(reader)
    return Environment(
        data_dir=data_dir,
        database=read_database(reader, data_dir),
        redis_url=read_redis_url(reader),
        secret_key=read_secret_key(reader, data_dir),
        batch_interval_ms=reader.whole_number("QUAERO_STREAM_BATCH_INTERVAL_MS", 150, 10, 60_000),
        ping_interval_s=reader.whole_number("QUAERO_STREAM_PING_INTERVAL_S", 5, 1, 3600),
        default_limit=reader.whole_number("QUAERO_STREAM_DEFAULT_LIMIT", 100, 1, 100_000),
        max_limit=reader.whole_number("QUAERO_STREAM_MAX_LIMIT", 1000, 1, 100_000),
        buffer_size=reader.whole_number("QUAERO_STREAM_BUFFER_SIZE", 100, 1, 100_000),
        max_streams=reader.whole_number("QUAERO_STREAM_MAX_STREAMS", 10_000, 1, 1_000_000),
        retention_days=reader.whole_number("QUAERO_RETENTION_DAYS", 30, 1, 36_500),
        programs=reader.some_of("QUAERO_PROGRAMS", LANGUAGES),
        workers=reader.whole_number("QUAERO_WORKERS", 2, 1, 1000),
        run_timeout_s=reader.whole_number("QUAERO_RUN_TIMEOUT_S", 3600, 1, 604_800),
        run_memory_mb=reader.whole_number("QUAERO_RUN_MEMORY_MB", 2048, 64, 1_048_576),
        run_processes=reader.whole_number("QUAERO_RUN_PROCESSES", 1000, 10, 1_000_000),
        run_file_mb=reader.whole_number("QUAERO_RUN_FILE_MB", 10_240, 1, 1_048_576),
        run_disk_mb=reader.whole_number("QUAERO_RUN_DISK_MB", 10_240, 1, 1_048_576),
        run_user=reader.user("QUAERO_RUN_USER"),
        run_environment=reader.names_of_variables("QUAERO_RUN_ENVIRONMENT"),
        mask_patterns=reader.patterns("QUAERO_MASK_PATTERNS"),
        cors_origins=reader.origins("QUAERO_CORS_ORIGINS"),
        allowed_hosts=reader.hosts("QUAERO_ALLOWED_HOSTS"),
        trusted_proxies=reader.proxies("QUAERO_TRUSTED_PROXIES"),
        service_log_level=reader.one_of("QUAERO_SERVICE_LOG_LEVEL", "info", tuple(levels.NUMBERS)),
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
