"""`manage.py token`: the token alone on standard output, everything else on standard error."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs.access import Caller, caller_of_token
from jobs.models import Token
from tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db

Printed = pytest.CaptureFixture[str]


def token(*arguments: str) -> None:
    call_command("token", *arguments)


def test_the_token_is_printed_alone_and_works(viewer: User, capsys: Printed) -> None:
    token("create", "--user", "viewer", "--scopes", "read")
    printed = capsys.readouterr()
    [secret] = printed.out.splitlines()
    assert caller_of_token(secret) == Caller(viewer, frozenset({"read"}))
    assert "Warning" not in printed.err


def test_a_token_has_a_name_and_an_end(viewer: User) -> None:
    token("create", "--user", "viewer", "--scopes", "read", "--name", "ci", "--expires", "7")
    stored = Token.objects.get()
    assert stored.expires_at is not None
    assert stored.name == "ci"
    assert abs(stored.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_new_user_may_operate_and_run_but_has_no_password(capsys: Printed) -> None:
    token("create", "--user", "robot", "--create-user", "--scopes", "read,write,run")
    robot = User.objects.get(username="robot")
    assert not robot.has_usable_password()
    assert sorted(robot.groups.values_list("name", flat=True)) == ["Quaero operators", "Quaero runners"]
    assert "Warning" not in capsys.readouterr().err


def test_a_user_who_is_there_already_keeps_the_groups(viewer: User, capsys: Printed) -> None:
    token("create", "--user", "viewer", "--create-user", "--scopes", "read,run")
    assert [group.name for group in viewer.groups.all()] == ["Quaero viewers"]
    assert "'run' is of no use until viewer has the permission quaero_jobs.run_program" in capsys.readouterr().err


def test_the_token_of_a_user_who_is_not_active_comes_with_a_warning(viewer: User, capsys: Printed) -> None:
    User.objects.update(is_active=False)
    token("create", "--user", "viewer", "--scopes", "read")
    assert "not active" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "--user", "nobody", "--scopes", "read"),
        ("create", "--user", "a b", "--create-user", "--scopes", "read"),
        ("create", "--user", "viewer", "--scopes", "read,admin"),
        ("create", "--user", "viewer", "--scopes", ","),
        ("create", "--user", "viewer", "--scopes", "read", "--expires", "0"),
        ("create", "--user", "viewer", "--scopes", "read", "--expires", "soon"),
        ("create", "--user", "viewer"),
        ("revoke", "77"),
        ("revoke", "abc"),
        (),
    ],
)
def test_wrong_usage_makes_nothing_and_exits_with_2(viewer: User, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as raised:
        token(*arguments)
    # What argparse refuses is a CommandError without a code only when called from Python, as here.
    assert raised.value.returncode == 2 or str(raised.value).startswith("Error: ")
    assert (Token.objects.count(), User.objects.count()) == (0, 1)


def test_a_revoked_token_is_of_no_use_any_more(viewer: User) -> None:
    make_token(viewer)
    keep = make_token(viewer)
    token("revoke", str(Token.objects.order_by("pk").first().pk))
    assert caller_of_token(keep).user == viewer
    assert Token.objects.count() == 1


def test_the_list_shows_all_but_the_secrets(capsys: Printed) -> None:
    secret = make_token(make_user("robot"), "read", "run", name="ci")
    token("list")
    printed = capsys.readouterr().out
    assert "robot" in printed
    assert "read,run" in printed
    assert "never" in printed
    assert secret not in printed
