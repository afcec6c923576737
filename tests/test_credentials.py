"""Whether a caller's token or session still gives its rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from jobs.access import Caller, caller_of, issue_ticket, stream_caller_of
from jobs.credentials import Grounds, refusals
from jobs.errors import Unauthenticated
from jobs.models import Token
from tests.factories import ago, make_token, make_user

PATH = "/api/jobs/stream"


def by_token(user: User) -> Grounds:
    secret = make_token(user)
    return caller_of(RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"})).grounds


def by_session(user: User) -> Grounds:
    browser = Client()
    browser.force_login(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, browser.session
    return caller_of(request).grounds


def by_ticket(user: User, issuer: Callable[[User], Grounds]) -> Grounds:
    ticket = issue_ticket(Caller(user, known_by=issuer(user)), PATH)
    return stream_caller_of(RequestFactory().get(PATH, {"ticket": ticket})).grounds


WAYS: dict[str, Callable[[User], Grounds]] = {
    "token": by_token,
    "session": by_session,
    "ticket of a token": lambda user: by_ticket(user, by_token),
    "ticket of a session": lambda user: by_ticket(user, by_session),
}


def code_of(grounds: Grounds) -> str | None:
    error = refusals([grounds]).get(grounds)
    return None if error is None else error.code


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def leave_groups(user: User) -> None:
    user.groups.clear()


def take_from_group(user: User) -> None:
    Group.objects.get(name="Quaero viewers").permissions.remove(Permission.objects.get(codename="view_job"))


def delete_group(user: User) -> None:
    Group.objects.get(name="Quaero viewers").delete()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("loss", "code"),
    [
        (deactivate, "user_inactive"),
        (delete, "user_inactive"),
        (leave_groups, "permission_missing"),
        (take_from_group, "permission_missing"),
        (delete_group, "permission_missing"),
    ],
)
def test_who_loses_the_right_is_refused_however_they_came(
    viewer: User, way: str, loss: Callable[[User], None], code: str
) -> None:
    grounds = WAYS[way](viewer)
    assert code_of(grounds) is None
    loss(viewer)
    assert code_of(grounds) == code


@pytest.mark.parametrize("way", ["token", "ticket of a token"])
def test_a_token_that_is_revoked_expires_or_loses_its_scope_carries_nothing(viewer: User, way: str) -> None:
    grounds = WAYS[way](viewer)
    Token.objects.update(scopes=["write"])
    assert code_of(grounds) == "scope_missing"
    Token.objects.update(scopes=["read"], expires_at=ago(seconds=1))
    assert code_of(grounds) == "bad_token"
    Token.objects.all().delete()
    assert code_of(grounds) == "bad_token"


@pytest.mark.parametrize("way", ["session", "ticket of a session"])
def test_a_session_that_was_signed_out_or_has_expired_carries_nothing(viewer: User, way: str) -> None:
    grounds = WAYS[way](viewer)
    Session.objects.update(expire_date=timezone.now())
    assert code_of(grounds) == "signed_out"
    Session.objects.all().delete()
    assert code_of(grounds) == "signed_out"


def test_another_password_ends_sessions_but_not_tokens(viewer: User) -> None:
    session, token = by_session(viewer), by_token(viewer)
    viewer.set_password("another")
    viewer.save()
    assert (code_of(session), code_of(token)) == ("password_changed", None)


def test_a_superuser_who_is_none_any_more_has_what_groups_give(db: None) -> None:
    user = make_user("admin")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    grounds = by_token(user)
    assert code_of(grounds) is None
    User.objects.filter(pk=user.pk).update(is_superuser=False)
    assert code_of(grounds) == "permission_missing"


def test_thousands_cost_as_many_queries_as_one(viewer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    many = [ground for _ in range(20) for ground in (by_token(viewer), by_session(viewer))]
    with django_assert_num_queries(4):
        assert refusals(many) == {}


@pytest.mark.parametrize("engine", ["cache", "cached_db", "file", "signed_cookies"])
def test_sessions_kept_elsewhere_are_asked_for_there(viewer: User, settings: Settings, engine: str) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    browser = Client()
    browser.force_login(viewer)
    session = browser.session
    grounds = Grounds.of_session(viewer, session.session_key)
    assert code_of(grounds) is None
    session.flush()
    if engine != "signed_cookies":  # which the server cannot revoke
        assert code_of(grounds) == "signed_out"


def test_a_ticket_of_a_revoked_token_opens_nothing(viewer: User) -> None:
    caller = Caller(viewer, known_by=by_token(viewer))
    ticket = issue_ticket(caller, PATH)
    Token.objects.all().delete()
    with pytest.raises(Unauthenticated, match="revoked"):
        stream_caller_of(RequestFactory().get(PATH, {"ticket": ticket}))


def test_a_ticket_does_not_show_the_session(viewer: User) -> None:
    grounds = by_session(viewer)
    assert grounds.session_key is not None
    assert grounds.session_key not in issue_ticket(Caller(viewer, known_by=grounds), PATH)
