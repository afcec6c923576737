"""One-time sign-in links, which `serve` prints: the way in before anybody has a password."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
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
    """`/sign-in/TOKEN/`, good for one sign-in as `user`."""
    return f"/sign-in/{int_to_base36(user.pk)}.{tokens.make_token(user)}/"


def owner_of_token(token: str) -> User | None:
    """Whom `token` would sign in, or None for one that is wrong, too old or used."""
    user = named_user(token.partition(".")[0])
    return user if user is not None and tokens.check_token(user, token.partition(".")[2]) else None


def user_for_token(token: str) -> User | None:
    """The same, and it is used up by this call: of two that come at once with the same link, one gets None."""
    user = owner_of_token(token)
    if user is None:
        return None
    claimed = User.objects.filter(pk=user.pk, last_login=user.last_login).update(last_login=timezone.now())
    return user if claimed else None


def named_user(key: str) -> User | None:
    try:
        return User.objects.filter(pk=int(key, 36), is_active=True).first()
    except ValueError:
        return None
