"""The user that can sign in after a start."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from quaero.management.commands.serve import how_to_sign_in
from quaero.serving.first_start import sign_in_user

pytestmark = pytest.mark.django_db


def test_the_first_start_makes_an_admin_without_a_password() -> None:
    admin = sign_in_user()
    assert admin is not None
    assert (admin.username, admin.is_superuser, admin.is_staff) == ("admin", True, True)
    assert not admin.has_usable_password()


def test_later_starts_make_no_user() -> None:
    assert sign_in_user() == sign_in_user()
    assert User.objects.count() == 1


def test_another_superuser_takes_the_place_of_a_deleted_admin() -> None:
    other = User.objects.create_superuser("other")
    assert sign_in_user() == other
    assert User.objects.count() == 1


def test_a_user_with_the_name_gets_no_rights_by_it() -> None:
    User.objects.create_user("admin")
    assert sign_in_user() is None
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("has_password", [True, False])
def test_a_key_is_printed_on_a_terminal_or_while_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, has_password: bool
) -> None:
    User.objects.create_user("ann", password="of her own" if has_password else None)
    User.objects.create_user("gone", password="of his own", is_active=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    said = "\n".join(how_to_sign_in("http://localhost:8000"))
    assert ("/sign-in/" in said) is (is_terminal or not has_password)
    assert ("/login/" in said) is (has_password and not is_terminal)
