"""Tokens in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from jobs.models import Token
from jobs.models.token import hashed
from tests.admin.acting import (
    TOKENS,
    signed_in,
    text_of,
)
from tests.factories import make_user


@pytest.fixture
def token_keeper(operator: User) -> Client:
    operator.user_permissions.set(
        Permission.objects.filter(content_type__app_label="quaero_jobs", codename__contains="token")
    )
    return signed_in(operator)


def issue(client: Client, **values: Any) -> Any:
    return client.post(f"{TOKENS}add/", {"name": "backup", "scopes": ["read", "write"], **values})


def test_a_secret_is_shown_once_and_kept_nowhere(admin_client: Client, admin_user: User) -> None:
    response = issue(admin_client, user=str(admin_user.pk))
    secret = response.context["secret"]
    assert secret in text_of(response)
    token = Token.objects.get()
    assert (token.digest, token.scopes) == (hashed(secret), ["read", "write"])
    assert "messages" not in response.cookies
    assert secret not in text_of(admin_client.get(f"{TOKENS}{token.pk}/change/"))
    assert secret not in text_of(admin_client.get(TOKENS))


def test_a_token_keeps_user_and_scopes_when_it_is_edited(admin_client: Client, admin_user: User) -> None:
    token = Token.issue(admin_user, ["read"])[0]
    other = make_user("other")
    sent = {
        "name": "new",
        "user": str(other.pk),
        "scopes": ["run"],
        "expires_at_0": "2099-01-01",
        "expires_at_1": "0:0",
    }
    admin_client.post(f"{TOKENS}{token.pk}/change/", sent)
    stored = Token.objects.get(pk=token.pk)
    assert (stored.name, stored.user, stored.scopes) == ("new", admin_user, ["read"])
    assert stored.expires_at is not None
    assert stored.digest == token.digest


def test_who_is_no_superuser_makes_tokens_for_themselves_alone(
    token_keeper: Client, operator: User, admin_user: User
) -> None:
    issue(token_keeper, user=str(admin_user.pk))
    assert Token.objects.get().user == operator


def test_who_is_no_superuser_sees_no_token_of_others(token_keeper: Client, admin_user: User) -> None:
    token = Token.issue(admin_user, ["read"])[0]
    token_keeper.post(f"{TOKENS}{token.pk}/delete/", {"post": "yes"})
    token_keeper.post(TOKENS, {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"})
    assert Token.objects.filter(pk=token.pk).exists()


def test_tokens_are_revoked(admin_client: Client, admin_user: User) -> None:
    token = Token.issue(admin_user, ["read"])[0]
    admin_client.post(TOKENS, {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"})
    assert not Token.objects.exists()
