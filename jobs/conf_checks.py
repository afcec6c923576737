"""Django system checks of the settings that the apps read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from jobs import conf


def check_settings(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:
    problems = [*unknown_keys(), *wrong_values()]
    return problems or [*limits()]


def unknown_keys() -> Iterator[CheckMessage]:
    together = getattr(settings, conf.DICT, {})
    if not isinstance(together, Mapping):
        yield Error(
            f"{conf.DICT} is a {type(together).__name__}, and must be a dict.",
            hint='As QUAERO = {"RETENTION_DAYS": 7}; docs/settings.md lists the settings.',
            id="quaero.E002",
        )
        return
    known = [name.removeprefix(conf.PREFIX) for name in conf.SETTINGS]
    for key in together:
        if key not in known:
            yield Error(
                f"{conf.DICT} has {key!r}, which is no setting of Quaero's in a project.",
                hint=hint_for(str(key), known),
                id="quaero.E002",
            )


def hint_for(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key.removeprefix(conf.PREFIX), known, n=1)
    return f"Is it {near[0]} that you mean?" if near else f"Allowed are {', '.join(sorted(known))}."


def wrong_values() -> Iterator[CheckMessage]:
    for name, setting in conf.SETTINGS.items():
        try:
            setting()
        except ImproperlyConfigured as error:
            yield Error(str(error), hint=f"docs/settings.md describes {name}.", id="quaero.E003")


def limits() -> Iterator[CheckMessage]:
    if conf.default_limit() > conf.max_limit():
        yield Error(
            f"QUAERO_STREAM_DEFAULT_LIMIT={conf.default_limit()} is more than "
            f"QUAERO_STREAM_MAX_LIMIT={conf.max_limit()}.",
            hint="Lower the first or raise the second: a stream without a limit gets the default one.",
            id="quaero.E001",
        )
