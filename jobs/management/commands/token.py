"""`manage.py token create|list|revoke`: bearer tokens for programs."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from jobs.access import Caller
from jobs.credentials import RIGHTS
from jobs.models import SCOPES, Token
from jobs.models.record import wire_time
from jobs.terminal.command import WRONG_USAGE
from jobs.terminal.database_command import DatabaseCommand

NEW_USERS_GROUPS = ("Quaero operators", "Quaero runners")


class Command(DatabaseCommand):
    help = "Makes, lists and revokes the bearer tokens with which programs use the API."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="create|list|revoke")
        create = actions.add_parser("create", help="make a token and print it, alone, on standard output")
        create.add_argument("--user", required=True, help="whose rights the token has, within its scopes")
        create.add_argument(
            "--create-user",
            action="store_true",
            help=f"make the user if there is none, without a password, in the groups {' and '.join(NEW_USERS_GROUPS)}",
        )
        create.add_argument("--scopes", required=True, type=scopes, help=f"some of {','.join(SCOPES)}, with commas")
        create.add_argument("--expires", type=days, metavar="DAYS", help="after so many days (default: never)")
        create.add_argument("--name", default="", help="what the token is for")
        actions.add_parser("list", help="list the tokens, not their secrets")
        revoke = actions.add_parser("revoke", help="make a token useless, at once")
        revoke.add_argument("id", type=int, help="the token's number, from the list")

    def handle(self, *args: Any, **options: Any) -> None:
        self.need_database()
        {"create": self.create, "list": self.list, "revoke": self.revoke}[options["action"]](options)

    def create(self, options: dict[str, Any]) -> None:
        user = self.user(options["user"], may_create=options["create_user"])
        expires_at = None if options["expires"] is None else timezone.now() + options["expires"]
        token, secret = Token.issue(user, options["scopes"], name=options["name"], expires_at=expires_at)
        self.warn_of_useless_scopes(user, token)
        self.stderr.write(f"Token {token.pk} of {user.get_username()}: keep it, it is shown only now.")
        self.stdout.write(secret)

    def user(self, name: str, *, may_create: bool) -> User:
        user = get_user_model().objects.filter(**named(name)).first()
        if user is not None:
            return user
        if not may_create:
            raise CommandError(f"there is no user {name!r}: use --create-user to make one", returncode=WRONG_USAGE)
        return new_user(name)

    def warn_of_useless_scopes(self, user: User, token: Token) -> None:
        if not user.is_active:
            self.stderr.write(f"Warning: {user.get_username()} is not active, and neither is the token.")
        caller = Caller(user, frozenset(token.scopes))
        useless = [scope for scope in token.scopes if user.is_active and not caller.may(scope)]
        for scope in useless:
            needed = f"{user.get_username()} has the permission {RIGHTS[scope]}"
            self.stderr.write(f"Warning: scope {scope!r} is of no use until {needed}.")

    def list(self, options: dict[str, Any]) -> None:
        heads = ("ID", "USER", "NAME", "SCOPES", "CREATED", "EXPIRES", "LAST USED")
        rows = [heads, *(cells(token) for token in Token.objects.select_related("user").order_by("pk"))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(map(str.ljust, row, widths)).rstrip())

    def revoke(self, options: dict[str, Any]) -> None:
        if not Token.objects.filter(pk=options["id"]).delete()[0]:
            raise CommandError(f"there is no token {options['id']}: see `token list`", returncode=WRONG_USAGE)
        self.stderr.write(f"Token {options['id']} is revoked.")


def scopes(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(SCOPES):
        raise ArgumentTypeError(f"{text!r} is not allowed: use some of {','.join(SCOPES)}")
    return names


def days(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 36_500):
        raise ArgumentTypeError(f"{text!r} is not allowed: use a whole number of days from 1 to 36500")
    return timedelta(days=int(text))


def named(name: str) -> dict[str, str]:
    """A project's own users may be named by something else than `username`."""
    return {get_user_model().USERNAME_FIELD: name}


def new_user(name: str) -> User:
    """A user who can sign in with tokens only. Raises CommandError for a name that no user may have."""
    try:
        get_user_model()(**named(name)).clean_fields(exclude=["password"])
    except ValidationError as error:
        raise CommandError(f"--user {name!r}: {' '.join(error.messages)}", returncode=WRONG_USAGE) from error
    user = get_user_model().objects.create_user(name)
    user.groups.set(Group.objects.filter(name__in=NEW_USERS_GROUPS))
    return user


def cells(token: Token) -> tuple[str, ...]:
    return (
        str(token.pk),
        token.user.get_username(),
        token.name or "-",
        ",".join(token.scopes),
        wire_time(token.created_at)[:16],
        wire_time(token.expires_at)[:16] if token.expires_at else "never",
        wire_time(token.last_used_at)[:16] if token.last_used_at else "never",
    )
