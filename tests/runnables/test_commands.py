"""Management commands as registered jobs: their parameters, what is wrong with them, and what is not offered."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management.base import BaseCommand, CommandParser
from pytest_django import Settings

from jobs.runnables import BadParameters, Runnable, registry
from jobs.runnables.commands.checks import check_commands
from jobs.runnables.commands.lookup import loaded
from jobs.runnables.commands.offers import OfferedCommand, offer_commands, runnable_of_command
from jobs.runnables.commands.problems import BrokenCommand, UnusableArguments
from jobs.runnables.registry import Registry
from tests.registered.management.commands.stock import Command as Stock

NEEDED = {"shop": 7, "kind": "bread"}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "by_name", dict(registry.by_name))


@pytest.fixture
def stock() -> Runnable:
    return runnable_of_command("stock", "tests.registered", "stock", Stock())


def command_with(add: Callable[[CommandParser], object]) -> Runnable:
    class Command(BaseCommand):
        def add_arguments(self, parser: CommandParser) -> None:
            add(parser)

    return runnable_of_command("import", "shop", "import", Command())


def words(runnable: Runnable, **given: object) -> list[str]:
    assert isinstance(runnable.function, OfferedCommand)
    return runnable.function.words(runnable.convert(given))


def parsed(runnable: Runnable, **given: object) -> dict[str, Any]:
    """What the command itself makes of the parameters."""
    return vars(Stock().create_parser("manage.py", "stock").parse_args(words(runnable, **given)))


def problems(runnable: Runnable, **given: object) -> dict[str, str]:
    with pytest.raises(BadParameters) as refused:
        runnable.convert(given)
    found: dict[str, str] = refused.value.detail["problems"]
    return found


def ids(settings: Settings, *names: object) -> list[str]:
    settings.QUAERO_COMMANDS = list(names)
    return [str(message.id) for message in check_commands(None)]


def test_what_is_not_given_is_left_to_the_command(stock: Runnable) -> None:
    assert words(stock, **NEEDED) == ["--no-color", "--", "7", "bread"]


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({"place": "-here", "rest": ["a", "--b", ""]}, {"place": "-here", "rest": ["a", "--b", ""]}),
        ({"ratio": -1.5, "note": "--x=1", "pair": [1, -2]}, {"ratio": -1.5, "note": "--x=1", "pair": [1, -2]}),
        ({"note": "", "names": ["a b", "c"]}, {"note": "", "names": ["a b", "c"]}),
        ({"tag": ["-t", "u"], "extra": ["x"]}, {"tag": ["-t", "u"], "extra": ["base", "x"]}),
        ({"dry_run": True, "no_input": True}, {"dry_run": True, "interactive": False}),
        ({"fast": True, "mark": True}, {"mode": "fast", "marks": ["m"]}),
        ({"deep": False, "loud": 3, "verbosity": 2}, {"deep": False, "loud": 3, "verbosity": 2}),
        ({"color": "always"}, {"color": "always"}),
        ({"color": "auto", "fail": 2, "table": True}, {"color": "auto", "fail": 2, "table": True}),
    ],
)
def test_the_command_gets_what_is_given(stock: Runnable, given: dict[str, object], there: dict[str, object]) -> None:
    assert there.items() <= parsed(stock, **NEEDED, **given).items()


def test_texts_of_a_form_are_taken(stock: Runnable) -> None:
    texts = {"shop": "7", "kind": "bread", "pair": "1, 2", "dry_run": ["false", "true"], "place": ""}
    values = stock.convert(texts, from_text=True)
    assert (values["pair"], values["dry_run"], values["place"]) == ([1, 2], True, None)


def test_all_that_is_wrong_is_said_at_once(stock: Runnable) -> None:
    wrong = {
        "kind": "meat",
        "day": "soon",
        "names": ["--all"],
        "extra": [],
        "pair": [1],
        "loud": -1,
        "json": True,
        "table": True,
    }
    assert problems(stock, **wrong, unknown=1).keys() == {*wrong, "shop", "unknown"}
    assert problems(stock, **NEEDED, day="soon") == {"day": "must be text that date.fromisoformat takes, not 'soon'"}


def test_what_excludes_each_other_is_refused_together(stock: Runnable) -> None:
    assert problems(stock, **NEEDED, json=True, table=True) == {
        "json": "cannot be given with table",
        "table": "cannot be given with json",
    }


def test_one_of_a_required_group_is_needed() -> None:
    def add(parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--all", action="store_true")
        group.add_argument("--only", type=int)

    assert problems(command_with(add)) == {"all": "is missing: give one of all, only"}
    assert words(command_with(add), only=0) == ["--no-color", "--only=0"]


def test_what_stands_before_a_given_argument_is_needed(stock: Runnable) -> None:
    assert problems(stock, **NEEDED, rest=["a"]) == {"place": "is missing: it is needed where rest is given"}


def test_what_the_parser_would_take_for_an_option_is_refused(stock: Runnable) -> None:
    assert problems(stock, **NEEDED, names=["a", "--all"], extra=["-x"], place="--").keys() == {
        "names",
        "extra",
        "place",
    }


def test_secrets_are_known_by_option_and_by_destination() -> None:
    def add(parser: CommandParser) -> None:
        parser.add_argument("--api-key", required=True)
        parser.add_argument("--pw", dest="password", default="x")

    assert command_with(add).secret_names == {"api_key", "pw"}


def test_the_form_has_the_help_and_none_of_the_options_of_every_command(stock: Runnable) -> None:
    fields = {field.name: field for field in stock.form_fields()}
    assert fields["shop"].help == "The number of the shop."
    assert fields["place"].help == ""  # its metavar says no more than its name
    assert fields["fail"].options == ["0", "1", "2", "3"]
    assert "verbosity" in fields
    assert not {"help", "version", "settings", "pythonpath", "traceback", "no_color", "hidden"} & fields.keys()
    assert stock.description == "manage.py stock: Counts the stock of shops."


def test_an_option_called_as_a_positional_has_the_name_of_its_destination() -> None:
    parser = loaded("django.core", "startapp")
    names = [each.name for each in runnable_of_command("startapp", "django.core", "startapp", parser).parameters]
    assert {"name", "files"} <= set(names)


def test_a_default_that_cannot_be_typed_stays_the_command_s_own() -> None:
    runnable = command_with(lambda parser: parser.add_argument("--when", default=object()))
    assert (runnable.parameters[0].default, words(runnable)) == (None, ["--no-color"])


class Odd(argparse.Action):
    def __call__(self, *args: object) -> None: ...


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (lambda parser: parser.add_subparsers(), "subcommands"),
        (lambda parser: parser.add_argument("--odd", action=Odd), "test_commands.Odd"),
        (lambda parser: parser.add_argument("rest", nargs="..."), "all that is left"),
        (lambda parser: setattr(parser, "fromfile_prefix_chars", "@"), "prefixes"),
        (lambda parser: (parser.add_argument("--a-b"), parser.add_argument("--a_b")), "'a_b'"),
    ],
)
def test_what_a_form_cannot_offer_is_refused(add: Callable[[CommandParser], object], said: str) -> None:
    with pytest.raises(UnusableArguments, match=said):
        command_with(add)


def test_a_command_that_cannot_say_its_arguments_is_refused() -> None:
    with pytest.raises(BrokenCommand, match="ZeroDivisionError"):
        command_with(lambda parser: 1 // 0)


def test_a_command_that_cannot_be_imported_is_refused() -> None:
    with pytest.raises(BrokenCommand, match="its library is not there"):
        loaded("tests.registered", "broken")


def test_named_commands_are_registered_jobs(settings: Settings) -> None:
    assert ids(settings, "clearsessions", "sessions.clearsessions", "core.check", "dumpdata", "check") == []
    assert {"clearsessions", "sessions.clearsessions", "core.check"} <= registry.by_name.keys()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("clearsesions", "E101"),
        ("nowhere.clearsessions", "E101"),
        ("auth.clearsessions", "E101"),
        ("7", "E101"),
        (".", "E101"),
        ("runjob", "E102"),
        ("quaero.serve", "E102"),
        ("jobs.token", "E102"),
        ("logstream.tail", "E102"),
        ("shell", "E102"),
    ],
)
def test_a_name_that_cannot_be_offered_is_an_error_of_the_system_check(
    settings: Settings, name: object, problem: str
) -> None:
    assert ids(settings, name, "clearsessions") == [f"quaero_jobs.{problem}"]
    assert "clearsessions" in registry.by_name


def test_the_dict_of_settings_names_them_too(settings: Settings) -> None:
    settings.QUAERO = {"COMMANDS": ["sessions.clearsessions"]}
    assert check_commands(None) == []
    assert "sessions.clearsessions" in registry.by_name


def test_two_things_of_one_name_are_one(settings: Settings) -> None:
    taken = Registry()
    taken.job(name="clearsessions")(own_job)
    settings.QUAERO_COMMANDS = ["clearsessions"]
    (problem,) = offer_commands(taken)
    assert (problem.id, "test_commands.own_job" in str(problem)) == ("quaero_jobs.E105", True)
    assert taken.find("clearsessions").function is own_job


def own_job() -> None: ...
