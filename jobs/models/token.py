"""Bearer tokens for programs. Only a hash is stored; the token itself is shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from jobs.models.fields import StorableCharField

SCOPES = ("read", "write", "run")
PREFIX = "quaero_"


def hashed(token: str) -> str:
    """The hash of a token, 64 hexadecimal digits. SHA-256 is enough: a token is 256 random bits, no password."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def usable(self) -> TokenQuerySet:
        """Tokens that have not expired, of users who may sign in."""
        now = timezone.now()
        unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now)
        return self.filter(unexpired, user__is_active=True)


class Token(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = StorableCharField(max_length=255, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name or 'token'} of {self.user}"

    @classmethod
    def issue(
        cls, user: User, scopes: list[str], *, name: str = "", expires_at: datetime | None = None
    ) -> tuple[Token, str]:
        """A new token for `user`, and its secret, which is not stored and cannot be shown again.

        Raises ValueError for a scope that is not one of SCOPES, and for an empty list.
        """
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise ValueError(f"unknown scope {', '.join(unknown) or '(none)'}: use some of {', '.join(SCOPES)}")
        secret = PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name, digest=hashed(secret), scopes=sorted(set(scopes)), expires_at=expires_at
        )
        return token, secret
