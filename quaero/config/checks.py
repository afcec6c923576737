"""Rules between settings, and variables that nothing reads, as Django system checks."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

from quaero.config.environment import Environment


def check_proxies(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:
    environment: Environment = settings.ENVIRONMENT
    if environment.allowed_hosts or not environment.trusted_proxies:
        return []
    return [
        Warning(
            "QUAERO_TRUSTED_PROXIES is set and QUAERO_ALLOWED_HOSTS is not: any name that a proxy hands on is taken.",
            hint="Name what the installation is called, as QUAERO_ALLOWED_HOSTS=quaero.example.org.",
            id="quaero.W002",
        )
    ]


def check_names(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:
    environment: Environment = settings.ENVIRONMENT
    return [
        Warning(
            f"{name} is set, and Quaero knows no such variable.",
            hint=hint_for(name, environment.known),
            id="quaero.W001",
        )
        for name in environment.unknown
    ]


def hint_for(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Is it {near[0]} that you mean?" if near else "docs/settings.md lists the variables."
