"""Registered jobs: functions that `@job` makes runnable by name, with parameters read from their signatures."""

from jobs.runnables.declarations import BadDeclaration
from jobs.runnables.discovery import autodiscover
from jobs.runnables.forms import FormField
from jobs.runnables.parameters import Secret
from jobs.runnables.registry import NameTaken, UnknownRunnable, job, registry
from jobs.runnables.runnable import Runnable
from jobs.runnables.values import BadParameters

__all__ = [
    "BadDeclaration",
    "BadParameters",
    "FormField",
    "NameTaken",
    "Runnable",
    "Secret",
    "UnknownRunnable",
    "autodiscover",
    "job",
    "registry",
]
