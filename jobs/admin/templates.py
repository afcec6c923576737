"""Which templates the admin of our models has."""

from __future__ import annotations

from django.apps import apps

HAS_TEMPLATES = apps.is_installed("quaero") and apps.is_installed("logstream")
"""A project may have the app `jobs` alone, to record what it does; its admin then shows jobs as it shows all else."""


def ours(name: str) -> str | None:
    return f"quaero/admin/{name}" if HAS_TEMPLATES else None
