"""The admin's site: every registered model, also of Django and other apps, allows the lookups of its filters only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from jobs.web.admin_lookups import KnownLookups


class Site(admin.AdminSite):
    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Its frame (`quaero/installation/`) has what pages of ours bring along in other admins."""
        return {**super().each_context(request), "is_in_quaeros_admin": True}

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Registers models as Django does, with an admin class that restricts lookups."""
        given = admin_class or admin.ModelAdmin
        if not issubclass(given, KnownLookups):
            given = type(given.__name__, (KnownLookups, given), {"__module__": given.__module__})
        super().register(model_or_iterable, given, **options)
