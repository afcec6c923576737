"""Registered jobs are found in the module `quaero_jobs` of every installed app, or in those of QUAERO_JOBS_MODULES."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import module_has_submodule

from jobs import conf
from jobs.runnables.registry import NameTaken

logger = logging.getLogger(f"quaero.{__name__}")


@dataclass(frozen=True)
class Failure:
    """A module with registered jobs that cannot be imported."""

    app: str
    module: str
    error: Exception

    @property
    def place(self) -> str:
        """The file and line where it went wrong."""
        if isinstance(self.error, SyntaxError):
            return f"{self.error.filename}, line {self.error.lineno}"
        frame = traceback.extract_tb(self.error.__traceback__)[-1]
        return f"{frame.filename}, line {frame.lineno}"

    def __str__(self) -> str:
        said = " ".join(str(self.error).split())
        return (
            f"The registered jobs of the app {self.app} cannot be imported from {self.module}: "
            f"{type(self.error).__name__}: {said} ({self.place})."
        )


failures: list[Failure] = []
"""Of the last `autodiscover`."""


def autodiscover() -> None:
    """Imports the modules with registered jobs of every installed app that has one.

    One that cannot be imported takes nothing else along: it is logged, and `check_registered_jobs` finds it, which
    keeps every command from starting.
    """
    failures.clear()
    for app in apps.get_app_configs():
        for name in conf.jobs_modules():
            if module_has_submodule(app.module, name):
                import_jobs(app, f"{app.name}.{name}")


def import_jobs(app: AppConfig, module: str) -> None:
    try:
        import_module(module)
    except Exception as error:
        failure = Failure(app.name, module, error)
        failures.append(failure)
        logger.error("%s", failure)


def check_registered_jobs(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[CheckMessage]:
    return [as_error(failure) for failure in failures]


def as_error(failure: Failure) -> CheckMessage:
    if isinstance(failure.error, NameTaken):
        return Error(str(failure), hint="Give one of them another name: @job(name=...).", id="quaero.E005")
    hint = f"Mend {failure.module}, or take {failure.app} out of INSTALLED_APPS."
    return Error(str(failure), hint=hint, id="quaero.E004")
