"""The user that can sign in after the first start."""

from __future__ import annotations

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db.models import Q

ADMIN = "admin"


def sign_in_user() -> User | None:
    """`admin`, or else another active superuser. Makes `admin`, with an unusable password, when there is no superuser.

    None when that is not possible because another user has the name.
    """
    superusers = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    user = superusers.filter(username=ADMIN).first() or superusers.first()
    if user is None and not User.objects.filter(username=ADMIN).exists():
        user = User.objects.create_superuser(ADMIN)
    return user


def has_user_with_password() -> bool:
    """Whether any active user has a usable password."""
    without = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return User.objects.filter(is_active=True).exclude(without).exists()
