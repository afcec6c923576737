"""The environment, read once: typed, with ranges, and loud about what is wrong."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def wrong(name: str, value: object, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} is not usable: it must be {allowed}.")


def read_int(env: environ.Env, name: str, default: int, lowest: int, highest: int) -> int:
    raw = env.str(name, default=str(default)).strip()
    try:
        number = int(raw)
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        raise wrong(name, raw, f"a whole number from {lowest} to {highest}")
    return number


def read_choices(env: environ.Env, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in env.str(name, default="").split(",") if part.strip())
    for part in chosen:
        if part not in allowed:
            raise wrong(name, part, f"a comma-separated list of {', '.join(allowed)}")
    return chosen


def read_one_of(env: environ.Env, name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.str(name, default=default).strip().lower()
    if value not in allowed:
        raise wrong(name, value, f"one of {', '.join(allowed)}")
    return value


def read_secret_key(env: environ.Env, data_dir: Path) -> str:
    """SECRET_KEY, or the one made once and kept in the data directory (mode 0600)."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return str(given)
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and cannot be kept in {data_dir} ({error.strerror}): "
            "set SECRET_KEY, or QUAERO_DATA_DIR to a directory that can be written."
        ) from error
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


@dataclass(frozen=True)
class Environment:
    data_dir: Path
    database: dict[str, object]
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
    cors_origins: tuple[str, ...]
    service_log_level: str
    sample_jobs: bool


def read_environment() -> Environment:
    env = environ.Env()
    data_dir = Path(env.str("QUAERO_DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().absolute()
    secret_key = read_secret_key(env, data_dir)
    return Environment(
        data_dir=data_dir,
        database=env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'quaero.sqlite3'}"),
        redis_url=env.str("REDIS_URL", default=""),
        secret_key=secret_key,
        batch_interval_ms=read_int(env, "QUAERO_STREAM_BATCH_INTERVAL_MS", 150, 10, 60_000),
        ping_interval_s=read_int(env, "QUAERO_STREAM_PING_INTERVAL_S", 5, 1, 3600),
        default_limit=read_int(env, "QUAERO_STREAM_DEFAULT_LIMIT", 100, 1, 100_000),
        max_limit=read_int(env, "QUAERO_STREAM_MAX_LIMIT", 1000, 1, 100_000),
        buffer_size=read_int(env, "QUAERO_STREAM_BUFFER_SIZE", 100, 1, 100_000),
        max_streams=read_int(env, "QUAERO_STREAM_MAX_STREAMS", 10_000, 1, 1_000_000),
        retention_days=read_int(env, "QUAERO_RETENTION_DAYS", 30, 1, 36_500),
        programs=read_choices(env, "QUAERO_PROGRAMS", ("python", "shell")),
        cors_origins=tuple(
            p.strip() for p in env.str("QUAERO_CORS_ORIGINS", default="").split(",") if p.strip()
        ),
        service_log_level=read_one_of(
            env, "QUAERO_SERVICE_LOG_LEVEL", "info", ("debug", "info", "warn", "error", "fatal")
        ),
        sample_jobs=read_one_of(env, "QUAERO_SAMPLE_JOBS", "on", ("on", "off")) == "on",
    )
