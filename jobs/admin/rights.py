"""Rights in the admin: those of `jobs.access`, so that it allows what the API allows."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest

from jobs.access import Caller


def may(request: HttpRequest, right: str) -> bool:
    """Whether the signed-in user has the right `read`, `write` or `run`."""
    return request.user.is_authenticated and Caller(request.user).may(right)


class ForViewers:
    """A mixin for a model's admin or inline that readers may see and no user may change."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may(request, "read")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
