"""Who can sign in after a start."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from quaero.first_start import somebody_to_sign_in

pytestmark = pytest.mark.django_db


def test_the_first_start_makes_an_admin_without_a_password() -> None:
    admin = somebody_to_sign_in()
    assert admin is not None
    assert (admin.username, admin.is_superuser, admin.is_staff) == ("admin", True, True)
    assert not admin.has_usable_password()


def test_later_starts_make_nobody() -> None:
    assert somebody_to_sign_in() == somebody_to_sign_in()
    assert User.objects.count() == 1


def test_another_superuser_takes_the_place_of_a_deleted_admin() -> None:
    other = User.objects.create_superuser("other")
    assert somebody_to_sign_in() == other
    assert User.objects.count() == 1


def test_somebody_who_has_the_name_gets_no_rights_by_it() -> None:
    User.objects.create_user("admin")
    assert somebody_to_sign_in() is None
    assert not User.objects.filter(is_superuser=True).exists()
