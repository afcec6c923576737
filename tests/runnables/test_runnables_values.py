"""Parameters of registered jobs: read from the signature, checked each by its type, refused by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, TypedDict
from uuid import UUID

import pytest
from msgspec import Meta, Struct
from pydantic import Field

from jobs.runnables import BadDeclaration, BadParameters, Runnable, Secret
from jobs.runnables.registry import runnable_of

Days = Annotated[int, Meta(ge=1, le=30)]
Password = Annotated[str, Secret()]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Size(Enum):
    SMALL = 1
    LARGE = 2


class Shop(Struct):
    name: str
    floor: int = 0


@dataclass
class Goods:
    """What is for sale."""

    name: str
    price: Annotated[Decimal, Meta(ge=0)] = Decimal(1)
    tags: list[str] = field(default_factory=list)


@dataclass
class Range:
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("the wrong way round")


@dataclass
class Branch:
    number: int
    branches: list[Branch] = field(default_factory=list)


class Person(TypedDict):
    name: str
    age: NotRequired[Annotated[int, Meta(ge=0)]]


class Place(NamedTuple):
    x: int
    y: int = 0


Shopper = NewType("Shopper", str)


def runnable(annotation: Any, **options: object) -> Runnable:
    """One whose function has a parameter `x` of this type, with this default."""

    def function(x: object) -> object:
        return x

    function.__annotations__["x"] = annotation
    function.__defaults__ = (options["default"],) if options else None
    return runnable_of(function)


def value(annotation: Any, given: object, **options: bool) -> object:
    return runnable(annotation).convert({"x": given}, **options)["x"]


def problem(annotation: Any, given: object, **options: bool) -> str:
    with pytest.raises(BadParameters) as raised:
        runnable(annotation).convert({"x": given}, **options)
    assert list(raised.value.problems) == ["x"]
    return raised.value.problems["x"]


ACCEPTED: list[tuple[Any, object, object]] = [
    (str, "a", "a"),
    (int, 5, 5),
    (int, 2**64, 2**64),
    (float, 5, 5.0),
    (bool, False, False),
    (int | None, None, None),
    (Literal["b", "a"], "a", "a"),
    (Colour, "red", Colour.RED),
    (Size | None, 2, Size.LARGE),
    (datetime, "2026-01-31T13:00:00+01:00", NOON),
    (datetime, "2026-01-31T12:00:00", NOON),
    (Annotated[datetime, Meta(tz=False)], "2026-01-31T12:00:00", NOON.replace(tzinfo=None)),
    (date, "2026-01-31", date(2026, 1, 31)),
    (timedelta, "PT1H30M", timedelta(minutes=90)),
    (UUID, "00000000-0000-4000-8000-000000000001", UUID("00000000-0000-4000-8000-000000000001")),
    (Decimal, "1.10", Decimal("1.10")),
    (list[Days], [1, 2], [1, 2]),
    (set[str], ["a", "a"], {"a"}),
    (tuple[int, str], [1, "a"], (1, "a")),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (dict[int, str], {"1": "a"}, {1: "a"}),
    (Shop, {"name": "here"}, Shop("here")),
    (Any, {"a": [1]}, {"a": [1]}),
    (int | str, "5", "5"),
    (int, 10**4299, 10**4299),
    (time_of_day, "12:30:00", time_of_day(12, 30)),
    (Goods, {"name": "tea", "price": 2}, Goods("tea", Decimal(2))),
    (list[Goods], [{"name": "tea", "tags": ["hot"]}], [Goods("tea", tags=["hot"])]),
    (Branch, {"number": 1, "branches": [{"number": 2}]}, Branch(1, [Branch(2)])),
    (Person, {"name": "Ada"}, {"name": "Ada"}),
    (Place, [1, 2], Place(1, 2)),
    (Shopper, "Ada", "Ada"),
    (frozenset[int], [1], frozenset({1})),
    (tuple[int, ...], [1, 2], (1, 2)),
    (Sequence[int], [1], [1]),
    (list[datetime], ["2026-01-31T12:00:00"], [NOON]),
    (Annotated[int, Field(ge=1)], 1, 1),
    (bytes, "1/+5", b"\xd7\xff\xb9"),
]


@pytest.mark.parametrize(("annotation", "given", "expected"), ACCEPTED)
def test_json_becomes_what_the_annotation_says(annotation: Any, given: object, expected: object) -> None:
    found = value(annotation, given)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("annotation", "given", "expected"), ACCEPTED)
def test_what_is_kept_calls_with_the_same(annotation: Any, given: object, expected: object) -> None:
    job = runnable(annotation)
    plain, secrets = job.split({"x": given})
    assert (job.call(plain), secrets) == (expected, {})
    assert job.split(plain) == (plain, secrets)


REFUSED: list[tuple[Any, object, str]] = [
    (int, "5", "must be a whole number, not '5'"),
    (int, True, "must be a whole number, not true"),
    (int, 5.5, "must be a whole number, not 5.5"),
    (Days, 31, "must be a whole number from 1 to 30, not 31"),
    (Annotated[int, Meta(ge=1)] | None, 0, "must be a whole number from 1 up, or null, not 0"),
    (Annotated[float, Meta(gt=0, lt=1)], 1, "must be a number above 0 and below 1, not 1"),
    (Annotated[int, Meta(multiple_of=5)], 6, "must be a whole number that is a multiple of 5, not 6"),
    (float, float("nan"), "must be storable"),
    (bool, 1, "must be true or false, not 1"),
    (str, None, "must be text, not null"),
    (str, "a\0", "must be storable: no NUL"),
    (str, "\ud800", "must be storable"),
    (Annotated[str, Meta(min_length=2, max_length=3)], "a", "must be text of 2 to 3 characters, not 'a'"),
    (Annotated[str, Meta(pattern="^a")], "b", "must be text that matches the pattern ^a, not 'b'"),
    (str, ["a" * 200], "must be text, not " + '["' + "a" * 97 + "…"),
    (Literal["b", "a"], "c", "must be one of b, a, not 'c'"),
    (Size, 3, "must be one of 1, 2, not 3"),
    (datetime, "noon", "must be a time in RFC 3339, as 2026-01-31T12:00:00Z, not 'noon'"),
    (date, "2026-02-30", "must be a date, as 2026-01-31, not '2026-02-30'"),
    (timedelta, "1h", "must be a duration in ISO 8601, as PT1H30M, not '1h'"),
    (UUID, "1", "must be a UUID, not '1'"),
    (
        list[Days],
        [1, 0],
        "must be a list, each item a whole number from 1 to 30, not [1,0] (`$[1]` is wrong)",
    ),
    (Annotated[list[str], Meta(max_length=1)], ["a", "b"], "must be a list of at most 1 items, each item text, not"),
    (dict[str, int], {"a": "b"}, "must be an object, each value a whole number, not"),
    (dict, [], "must be an object, not []"),
    (tuple[int, str], [1], "must be a list of a whole number, then text, not [1]"),
    (Shop, {}, "must be an object with name, floor, not {} (`$.name` is missing)"),
    (int | list[int], "a", "must be a whole number or a list, each item a whole number, not 'a'"),
    (float, 10**400, "must be storable"),
    (Size, True, "must be one of 1, 2, not true"),
    (Literal[1, 2], True, "must be one of 1, 2, not true"),
    (datetime, "1700000000", "must be a time in RFC 3339, as 2026-01-31T12:00:00Z, not '1700000000'"),
    (datetime, 1700000000, "must be a time in RFC 3339"),
    (Annotated[datetime, Meta(tz=True)], "2026-01-31T12:00:00", "must be a time in RFC 3339"),
    (Annotated[datetime, Meta(tz=False)], "2026-01-31T12:00:00Z", "must be a time without a zone"),
    (date, "2026-01-31T00:00:00", "must be a date, as 2026-01-31"),
    (timedelta, "01:30:00", "must be a duration in ISO 8601"),
    (Decimal, "NaN", "must be a number, not 'NaN'"),
    (Range, {"first": 2, "last": 1}, "must be an object with first, last, not"),
    (Goods, {"name": "tea", "price": -1}, "must be an object with name, price, tags, not"),
    (Person, {"age": -1}, 'must be an object with name, age, not {"age":-1} (`$.name` is missing, `$.age` is wrong)'),
    (Annotated[int, Field(ge=1, le=3)], 0, "must be a whole number from 1 to 3, not 0"),
    (
        list[Days],
        [0, 1, "a", 99, None],
        'must be a list, each item a whole number from 1 to 30, not [0,1,"a",99,null] '
        "(`$[0]` is wrong, `$[2]` is wrong, `$[3]` is wrong and 1 more)",
    ),
]


@pytest.mark.parametrize(("annotation", "given", "text"), REFUSED)
def test_what_does_not_fit_is_refused_with_what_does(annotation: Any, given: object, text: str) -> None:
    assert problem(annotation, given).startswith(text)


def test_a_number_that_is_too_long_for_python_to_write_is_refused() -> None:
    assert problem(int, 10**4300).startswith("must be storable")


def test_json_that_goes_too_deep_is_refused() -> None:
    deep: list[object] = []
    for _ in range(60):
        deep = [deep]
    assert "not nested deeper than 40" in problem(Any, deep)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    def function(days: Days, shop: str, colour: Colour = Colour.RED) -> None: ...

    with pytest.raises(BadParameters) as raised:
        runnable_of(function).convert({"days": 0, "colour": "green", "color": "red"})
    assert raised.value.problems == {
        "color": "is unknown: use some of days, shop, colour",
        "days": "must be a whole number from 1 to 30, not 0",
        "shop": "is missing: it must be text",
        "colour": "must be one of red, blue, not 'green'",
    }
    assert str(raised.value).startswith("color is unknown: use some of days, shop, colour; days must be a whole")


def test_a_job_without_parameters_takes_none() -> None:
    def function() -> int:
        return 1

    assert runnable_of(function).call({}) == 1
    with pytest.raises(BadParameters, match="x is unknown: there are no parameters"):
        runnable_of(function).convert({"x": 1})


def test_defaults_are_filled_in_and_never_shared() -> None:
    job = runnable(list[int], default=[1])
    first = job.convert({})["x"]
    assert isinstance(first, list)
    first.append(2)
    assert (job.convert({}), job.split({})) == ({"x": [1]}, ({"x": [1]}, {}))


def test_without_annotation_a_parameter_is_text_or_what_its_default_is() -> None:
    def function(name, times=2, loud=False, note=None) -> tuple[object, ...]:  # type: ignore[no-untyped-def]
        return name, times, loud, note

    assert runnable_of(function).call({"name": "a", "times": 3, "note": "b"}) == ("a", 3, False, "b")
    with pytest.raises(BadParameters, match="name must be text, not 5; times must be a whole number, not 'a'"):
        runnable_of(function).call({"name": 5, "times": "a"})


def test_secrets_are_kept_apart() -> None:
    def function(user: str, password: Password, token: Password | None = None) -> tuple[object, ...]:
        return user, password, token

    job = runnable_of(function)
    plain, secrets = job.split({"user": "a", "password": "b"})
    assert (plain, secrets) == ({"user": "a", "token": None}, {"password": "b"})
    assert job.secret_names == {"password", "token"}
    assert job.call({**plain, **secrets}) == ("a", "b", None)


@pytest.mark.parametrize("given", ["hunter", 12345, ["hunter"]])
def test_a_wrong_secret_is_not_repeated(given: object) -> None:
    text = problem(Annotated[str, Meta(min_length=8), Secret()], given)
    assert text == "must be text of at least 8 characters"


@pytest.mark.parametrize("mark", [Secret, Secret()])
def test_a_secret_can_be_marked_in_all_ways(mark: object) -> None:
    for annotation in (Annotated[str, mark], Annotated[str | None, mark], Annotated[str, mark] | None):
        assert runnable(annotation).secret_names == {"x"}


@pytest.mark.parametrize("annotation", [Annotated[int, Secret()], list[Password], dict[str, Password | None]])
def test_a_secret_that_is_no_text_is_refused(annotation: Any) -> None:
    with pytest.raises(BadDeclaration, match="'x' is secret: its type is str"):
        runnable(annotation)


def positional(x: int, /) -> None: ...
def several(*x: int) -> None: ...
def named(**x: int) -> None: ...
def unreadable(x: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (positional, "'x' is positional only"),
        (several, r"'x' is \*args"),
        (named, r"'x' is \*\*kwargs"),
        (unreadable, "cannot be read: NameError: name 'Nowhere'"),
    ],
)
def test_a_signature_that_takes_no_names_is_refused(function: Callable[..., None], text: str) -> None:
    with pytest.raises(BadDeclaration, match=text):
        runnable_of(function)


@pytest.mark.parametrize(
    "annotation", [complex, object, Callable, int | Runnable, list[complex], Colour | str, Goods | Branch]
)
def test_a_type_that_is_not_in_json_is_refused(annotation: Any) -> None:
    with pytest.raises(BadDeclaration, match="'x' has a type that cannot be given as JSON"):
        runnable(annotation)


@pytest.mark.parametrize(
    ("annotation", "default"), [(int, None), (Days, 0), (Colour, "green"), (str, "a\0"), (float, float("inf"))]
)
def test_a_default_that_does_not_fit_is_refused(annotation: Any, default: object) -> None:
    with pytest.raises(BadDeclaration, match="of parameter 'x' must be"):
        runnable(annotation, default=default)


def test_a_default_that_is_not_in_json_is_refused() -> None:
    with pytest.raises(BadDeclaration, match="the default of parameter 'x' cannot be given as JSON"):
        runnable(Any, default=object())
