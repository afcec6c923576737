"""One-time sign-in links, which `serve` prints: a way to sign in before any user has a password."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone
from django.utils.http import int_to_base36


class SignInTokens(PasswordResetTokenGenerator):
    """Django's signed token with a time, valid for PASSWORD_RESET_TIMEOUT and until the user's next sign-in."""

    key_salt = "jobs.web.sign_in.SignInTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        # Django leaves out the microseconds of `last_login`, and a second sign-in within one second would
        # not change the hash.
        return f"{super()._make_hash_value(user, timestamp)}{user.last_login}"


tokens = SignInTokens()


def sign_in_link_path(user: User) -> str:
    """`/sign-in/TOKEN/`, which signs in once, as `user`."""
    return reverse("sign_in_by_link", args=[f"{int_to_base36(user.pk)}.{tokens.make_token(user)}"])


def owner_of_token(token: str) -> User | None:
    """The user that `token` would sign in; None for a token that is wrong, too old or used."""
    user = named_user(token.partition(".")[0])
    return user if user is not None and tokens.check_token(user, token.partition(".")[2]) else None


def user_for_token(token: str) -> User | None:
    """The same, and uses up the token: of two calls at once with the same link, one gets None."""
    user = owner_of_token(token)
    if user is None:
        return None
    claimed = get_user_model().objects.filter(pk=user.pk, last_login=user.last_login).update(last_login=timezone.now())
    return user if claimed else None


def named_user(key: str) -> User | None:
    try:
        return get_user_model().objects.filter(pk=int(key, 36), is_active=True).first()
    except ValueError:
        return None
