"""What a start finds or makes: a user who can sign in."""

from __future__ import annotations

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db.models import Q

ADMIN = "admin"


def somebody_to_sign_in() -> User | None:
    """`admin`, or else another active superuser; made, with a password that fits nothing, when there is no
    superuser at all. None when that is not possible, as another user has the name.
    """
    superusers = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    user = superusers.filter(username=ADMIN).first() or superusers.first()
    if user is None and not User.objects.filter(username=ADMIN).exists():
        user = User.objects.create_superuser(ADMIN)
    return user


def somebody_has_a_password() -> bool:
    """Whether an active user has one that may fit something."""
    without = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return User.objects.filter(is_active=True).exclude(without).exists()
