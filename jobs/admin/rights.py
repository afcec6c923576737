"""Who may do what in the admin: the rights of `jobs.access`, so that it allows what the API allows."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from jobs.access import Caller


def may(request: HttpRequest, right: str) -> bool:
    """Whether the signed-in user has the right `read`, `write` or `run`."""
    return isinstance(request.user, User) and Caller(request.user).may(right)


class ForViewers:
    """Mixed into a model's admin or inline: whoever may read looks, and nobody changes anything."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may(request, "read")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
