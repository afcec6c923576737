"""The apps behind Django's tasks: Django has tasks of its own from 6.0 on, and before that a package has them."""

from __future__ import annotations

from importlib.util import find_spec

import django
from django.core.exceptions import ImproperlyConfigured

from jobs.terms.extras import how_to_install

BACKEND = "django_tasks_db"


def task_apps() -> list[str]:
    """Raises ImproperlyConfigured when the package is missing that this Django needs."""
    if django.VERSION >= (6, 0):
        return [BACKEND]
    if find_spec("django_tasks") is None:
        needed = f"Django {django.get_version()} has no tasks, and the package django-tasks is not installed"
        raise ImproperlyConfigured(f"{needed}: {how_to_install('django52')}, or use Django 6.0 or newer.")
    return ["django_tasks", BACKEND]
