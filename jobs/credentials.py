"""What a caller's rights depend on, and whether it still has them: a stream lasts much longer than a request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.errors import Forbidden, Refusal, Unauthenticated
from jobs.models import Token
from jobs.queries.parts import in_parts

# The user's permission for each right; a token needs the scope with the right's name as well.
RIGHTS: dict[str, str] = {
    "read": "quaero_jobs.view_job",
    "write": "quaero_jobs.operate_job",
    "run": "quaero_jobs.run_program",
}


class Grounds(NamedTuple):
    """What a caller's rights depend on: a user, and the token or the session that identified the user."""

    user_id: int
    token_id: int | None = None
    session_key: str | None = None
    auth_hash: str | None = None  # of the session's user; it changes with the password

    @classmethod
    def of_session(cls, user: User, session_key: str | None) -> Grounds:
        return cls(user.pk, session_key=session_key, auth_hash=user.get_session_auth_hash())


@dataclass
class CurrentRights:
    """The users, tokens and sessions of many callers, as they are now."""

    users: dict[int, User]  # by id: active ones
    permitted: set[int]  # ids of users who have the permission
    tokens: dict[int, list[str]]  # scopes of usable tokens, by id
    sessions: set[str]  # keys of open sessions

    def refusal_of(self, grounds: Grounds, right: str) -> Refusal | None:
        """Why these grounds do not give the right any more; None while they do."""
        user = self.users.get(grounds.user_id)
        if user is None:
            return Unauthenticated("the user of this request may not sign in any more", code="user_inactive")
        if grounds.token_id is not None and grounds.token_id not in self.tokens:
            return Unauthenticated("this token was revoked or has expired", code="bad_token")
        if grounds.session_key is not None and grounds.session_key not in self.sessions:
            return Unauthenticated("you have signed out, or the session has expired", code="signed_out")
        if grounds.auth_hash is not None and grounds.auth_hash != user.get_session_auth_hash():
            return Unauthenticated("the password was changed: sign in again", code="password_changed")
        if grounds.token_id is not None and right not in self.tokens[grounds.token_id]:
            return scope_missing(right)
        return None if grounds.user_id in self.permitted else permission_missing(user, right)


def refusals(grounds: Collection[Grounds], right: str = "read") -> dict[Grounds, Refusal]:
    """The grounds that do not give the right any more, each with the reason. A few queries, also for thousands."""
    current = current_rights(grounds, RIGHTS[right])
    found = {each: current.refusal_of(each, right) for each in set(grounds)}
    return {each: error for each, error in found.items() if error is not None}


def require_still(grounds: Grounds, right: str = "read") -> None:
    """Raises Unauthenticated or Forbidden when these grounds do not give the right any more."""
    for error in refusals([grounds], right).values():
        raise error


def current_rights(grounds: Collection[Grounds], permission: str) -> CurrentRights:
    """The current rights of these grounds, in a few queries for all of them."""
    users: dict[int, User] = {}
    for ids in in_parts({each.user_id for each in grounds}):
        users |= get_user_model().objects.filter(is_active=True).in_bulk(ids)
    tokens: dict[int, list[str]] = {}
    for ids in in_parts({each.token_id for each in grounds if each.token_id is not None}):
        tokens |= dict(Token.objects.usable().filter(pk__in=ids).values_list("pk", "scopes"))
    sessions = open_sessions({each.session_key for each in grounds if each.session_key is not None})
    return CurrentRights(users, permitted_among(users, permission), tokens, sessions)


def permitted_among(users: dict[int, User], permission: str) -> set[int]:
    """The ids of users who have the permission: one query for all, then one by one for those it did not find."""
    permitted: set[int] = set()
    for backend in get_backends():
        with_permission = getattr(backend, "with_perm", None)
        for ids in in_parts(users):
            if with_permission is not None:
                permitted |= set(with_permission(permission).filter(pk__in=ids).values_list("pk", flat=True))
    return permitted | {pk for pk, user in users.items() if pk not in permitted and user.has_perm(permission)}


def open_sessions(keys: set[str]) -> set[str]:
    """The keys of `keys` whose sessions exist and have not expired."""
    store: Any = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    if not issubclass(store, db.SessionStore):
        return {key for key in keys if store(key).load()}
    rows = store.get_model_class().objects.filter(expire_date__gt=timezone.now())
    found: set[str] = set()
    for some_keys in in_parts(keys):
        found |= set(rows.filter(pk__in=some_keys).values_list("pk", flat=True))
    return found


def scope_missing(right: str) -> Forbidden:
    """The refusal for a token without the right's scope."""
    return Forbidden(f"this token has no scope {right!r}", code="scope_missing", detail={"scope": right})


def permission_missing(user: User, right: str) -> Forbidden:
    """The refusal for a user without the permission of the right."""
    permission = RIGHTS[right]
    return Forbidden(
        f"{user.get_username()} may not do this: the permission {permission} is missing",
        code="permission_missing",
        detail={"permission": permission},
    )
