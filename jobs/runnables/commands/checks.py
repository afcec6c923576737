"""What is wrong in QUAERO_COMMANDS, as Django's system checks say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from jobs.runnables.commands.offers import offer_commands


def check_commands(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:
    return [Error(f"{problem}.", hint=problem.hint, id=problem.id) for problem in offer_commands()]
