"""One-time sign-in links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from jobs.web import sign_in
from jobs.web.sign_in import sign_in_link_path, user_for_token
from tests.threads import at_once


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin")


def token_for(user: User) -> str:
    return sign_in_link_path(user).removeprefix("/sign-in/").removesuffix("/")


def test_a_link_signs_in_once(admin: User) -> None:
    token = token_for(admin)
    assert user_for_token(token) == admin
    assert user_for_token(token) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_in(transactional_db: None) -> None:
    token = token_for(User.objects.create_superuser("admin"))
    outcomes = at_once(lambda: user_for_token(token), lambda: user_for_token(token))
    assert sorted(user is None for user in outcomes) == [False, True]


def test_a_sign_in_by_other_means_uses_the_link_up(admin: User) -> None:
    token = token_for(admin)
    Client().force_login(admin)
    assert user_for_token(token) is None


def test_a_link_made_within_the_second_of_a_sign_in_works_once(admin: User) -> None:
    admin.last_login = datetime(2026, 1, 31, 12, 0, 0, 100_000, tzinfo=UTC)
    admin.save()
    token = token_for(admin)
    User.objects.update(last_login=admin.last_login + timedelta(milliseconds=300))
    assert user_for_token(token) is None


def test_an_old_link_does_not_work(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_for(admin)
    monkeypatch.setattr(sign_in.tokens, "_now", lambda: datetime.now() + timedelta(minutes=61))
    assert user_for_token(token) is None


def test_who_is_not_active_is_not_signed_in(admin: User) -> None:
    token = token_for(admin)
    User.objects.update(is_active=False)
    assert user_for_token(token) is None


@pytest.mark.parametrize(
    "token", ["", ".", "1", "1.", "1.a-b", "0.a-b", "zzzzzzzzzzzzzzzzzzzzzz.a-b", "-.x", "ä.x", "1.a-b-c"]
)
def test_nonsense_signs_no_user_in(admin: User, token: str) -> None:
    assert user_for_token(token) is None


def test_a_link_is_for_its_own_user_alone(admin: User) -> None:
    other = User.objects.create_user("other", last_login=timezone.now())
    key, _, rest = token_for(admin).partition(".")
    assert user_for_token(f"{sign_in.int_to_base36(other.pk)}.{rest}") is None
    assert user_for_token(f"{key}.{rest}") == admin
