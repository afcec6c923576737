"""What a person types before a command of Quaero's, for texts that name one."""

from __future__ import annotations

from django.conf import settings


def command_name() -> str:
    """`manage.py`, as in any Django project, where the settings do not name another."""
    return str(getattr(settings, "QUAERO_COMMAND", "manage.py"))
