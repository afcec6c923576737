"""The settings that the apps read, each with its default and what is allowed, once.

A project has them in its Django settings: in one dict, `QUAERO = {"RETENTION_DAYS": 7}`, or by their whole names,
`QUAERO_RETENTION_DAYS = 7`. Quaero's own installation reads the same names from the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jobs import levels
from jobs.configuration.variables import Texts, Variables
from jobs.terms.languages import LANGUAGES

T = TypeVar("T")

PREFIX = "QUAERO_"
DICT = "QUAERO"
ON_OFF = ("on", "off")

_ABSENT = object()


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """One setting; called, it gives the value. A wrong one raises ImproperlyConfigured."""

    name: str
    read: Callable[[Variables, str], T]
    """From a source of texts, by the name: the value, or the default where there is none."""
    separator: str = ","
    """Between the values of one that has several."""

    def __call__(self) -> T:
        value = given(self.name)
        text = None if value is _ABSENT else self.as_text(value)
        found: T = value_of(self, text)
        return found

    def as_text(self, value: Any) -> str:
        """As the environment would have it."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, list | tuple | set | frozenset):
            return self.separator.join(map(str, value))
        return "" if value is None else str(value)


def given(name: str) -> Any:
    """What Django's settings say; the dict goes before a whole name."""
    together = getattr(settings, DICT, None)
    if isinstance(together, Mapping) and name.removeprefix(PREFIX) in together:
        return together[name.removeprefix(PREFIX)]
    return getattr(settings, name, _ABSENT)


@lru_cache(maxsize=256)
def value_of(setting: Setting[T], text: str | None) -> T:
    reader = Variables({} if text is None else {setting.name: text})
    value: T = setting.read(reader, setting.name)
    if reader.problems:
        raise ImproperlyConfigured("\n".join(reader.problems))
    return value


def whole_number(name: str, default: int, lowest: int, highest: int) -> Setting[int]:
    return Setting(name, lambda reader, named: reader.whole_number(named, default, lowest, highest))


def switch(name: str, default: str) -> Setting[bool]:
    return Setting(name, lambda reader, named: reader.one_of(named, default, ON_OFF) == "on")


batch_interval_ms = whole_number("QUAERO_STREAM_BATCH_INTERVAL_MS", 150, 10, 60_000)
ping_interval_s = whole_number("QUAERO_STREAM_PING_INTERVAL_S", 5, 1, 3600)
default_limit = whole_number("QUAERO_STREAM_DEFAULT_LIMIT", 100, 1, 100_000)
max_limit = whole_number("QUAERO_STREAM_MAX_LIMIT", 1000, 1, 100_000)
buffer_size = whole_number("QUAERO_STREAM_BUFFER_SIZE", 100, 1, 100_000)
stream_compression = switch("QUAERO_STREAM_COMPRESSION", "on")
max_streams = whole_number("QUAERO_STREAM_MAX_STREAMS", 10_000, 1, 1_000_000)
retention_days = whole_number("QUAERO_RETENTION_DAYS", 30, 1, 36_500)
programs: Setting[Texts] = Setting("QUAERO_PROGRAMS", lambda reader, name: reader.some_of(name, LANGUAGES))
commands: Setting[Texts] = Setting("QUAERO_COMMANDS", Variables.list)
run_timeout_s = whole_number("QUAERO_RUN_TIMEOUT_S", 3600, 1, 604_800)
run_memory_mb = whole_number("QUAERO_RUN_MEMORY_MB", 2048, 64, 1_048_576)
run_processes = whole_number("QUAERO_RUN_PROCESSES", 1000, 10, 1_000_000)
run_file_mb = whole_number("QUAERO_RUN_FILE_MB", 10_240, 1, 1_048_576)
run_disk_mb = whole_number("QUAERO_RUN_DISK_MB", 10_240, 1, 1_048_576)
run_user: Setting[str] = Setting("QUAERO_RUN_USER", Variables.user)
run_environment: Setting[Texts] = Setting("QUAERO_RUN_ENVIRONMENT", Variables.names_of_variables)
mask_patterns: Setting[Texts] = Setting("QUAERO_MASK_PATTERNS", Variables.patterns, separator="\n")
jobs_modules: Setting[Texts] = Setting(
    "QUAERO_JOBS_MODULES", lambda reader, name: reader.names_of_modules(name, ("quaero_jobs",))
)
service_log_level: Setting[str] = Setting(
    "QUAERO_SERVICE_LOG_LEVEL", lambda reader, name: reader.one_of(name, "info", tuple(levels.NUMBERS))
)
tracking = switch("QUAERO_TRACKING", "on")
flush_timeout_s: Setting[float] = Setting("QUAERO_FLUSH_TIMEOUT_S", lambda reader, name: reader.seconds(name, 5, 3600))


def is_installation() -> bool:
    """Whether this is Quaero's own project, and not another one that has Quaero among its apps."""
    return hasattr(settings, "ENVIRONMENT")


# By type: `isinstance` asks Django's settings, which may not be there yet, what they are.
SETTINGS: dict[str, Setting[Any]] = {each.name: each for each in tuple(globals().values()) if type(each) is Setting}
"""By name."""


def read_all(reader: Variables) -> dict[str, Any]:
    """The value of every setting from a source of texts, as the dict `QUAERO` has it."""
    return {name.removeprefix(PREFIX): setting.read(reader, name) for name, setting in SETTINGS.items()}
