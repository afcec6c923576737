"""Parameters in forms, on command lines and in JSON Schema."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from msgspec import Meta

from jobs.runnables import BadParameters, FormField, Secret
from jobs.runnables.registry import runnable_of
from tests.runnables.test_runnables_values import ACCEPTED, NOON, Colour, Days, Shop, Size, runnable, value


def problem(annotation: Any, given: object) -> str:
    with pytest.raises(BadParameters) as raised:
        runnable(annotation).convert({"x": given}, from_text=True)
    return raised.value.problems["x"]


TEXTS: list[tuple[Any, object, object]] = [
    (str, " a ", " a "),
    (str, "", ""),
    (str | None, "null", "null"),
    (str | None, "", None),
    (int, " 5 ", 5),
    (int | None, "", None),
    (float, "1e3", 1000.0),
    (bool, "on", True),
    (bool, "No", False),
    (bool, ["false"], False),
    (bool, ["false", "on"], True),
    (bool | None, "", None),
    (Colour, "blue", Colour.BLUE),
    (Size, "2", Size.LARGE),
    (Literal[1, "one"], "1", 1),
    (datetime, "2026-01-31T12:00", NOON),
    (datetime, "2026-01-31 13:00:00+01:00", NOON),
    (date, "2026-01-31", date(2026, 1, 31)),
    (timedelta, "90", timedelta(seconds=90)),
    (timedelta, "PT90S", timedelta(seconds=90)),
    (UUID, " 00000000-0000-4000-8000-000000000001 ", UUID("00000000-0000-4000-8000-000000000001")),
    (Decimal, "1.10", Decimal("1.10")),
    (bytes, "1234", b"\xd7m\xf8"),
    (list[int], "1, 2,,3", [1, 2, 3]),
    (list[str], "a, b\r\nc\r\n", ["a, b", "c"]),
    (list[str], '["a,b"]', ["a,b"]),
    (list[str], "[a], b", ["[a]", "b"]),
    (list[int], ["1", "2"], [1, 2]),
    (list[str], ["a,b", "c", ""], ["a,b", "c"]),
    (list[str], ["a,b"], ["a", "b"]),
    (list[str], "", []),
    (set[Colour], "red,blue", {Colour.RED, Colour.BLUE}),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (Shop, '{"name": "here"}', Shop("here")),
    (Any, "[1]", [1]),
    (Any, "plain", "plain"),
    (int | str, "5", 5),
    (int | str, "five", "five"),
]


@pytest.mark.parametrize(("annotation", "given", "expected"), TEXTS)
def test_a_text_becomes_what_the_annotation_says(annotation: Any, given: object, expected: object) -> None:
    found = value(annotation, given, from_text=True)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("annotation", "given", "text"),
    [
        (int, "", "must be a whole number, not ''"),
        (int, "1_000", "must be a whole number, not '1_000'"),
        (Days, "31", "must be a whole number from 1 to 30, not 31"),
        (float, "nan", "must be storable"),
        (bool, "maybe", "must be true or false, not 'maybe'"),
        (Colour, "green", "must be one of red, blue, not 'green'"),
        (datetime, "2026-02-30T12:00", "must be a time in RFC 3339"),
        (timedelta, "soon", "must be a duration in ISO 8601, as PT1H30M, not 'soon'"),
        (list[int], "1,b", 'must be a list, each item a whole number, not [1,"b"]'),
        (dict[str, int], "a=1", "must be an object, each value a whole number, not 'a=1'"),
        (int, ["1", "2"], "is given 2 times: it can be given once"),
        (Annotated[str, Meta(max_length=2), Secret()], "hunter", "must be text of at most 2 characters"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_what_does(annotation: Any, given: object, text: str) -> None:
    assert problem(annotation, given).startswith(text)


@pytest.mark.parametrize("given", [{"x": ""}, {"x": []}, {"x": [""]}, {}])
def test_an_empty_text_stands_for_the_default(given: dict[str, object]) -> None:
    assert runnable(int, default=3).convert(given, from_text=True) == {"x": 3}
    assert runnable(int | None, default=3).convert(given, from_text=True) == {"x": 3}


def field(annotation: Any, **options: object) -> FormField:
    return runnable(annotation, **options).form_fields()[0]


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, "text"),
        (int | None, "integer"),
        (float, "number"),
        (bool, "checkbox"),
        (bool | None, "select"),
        (Colour | None, "select"),
        (Literal[1, 2], "select"),
        (Annotated[str | None, Secret()], "password"),
        (datetime, "datetime"),
        (date, "date"),
        (timedelta, "text"),
        (list[str], "multiline"),
        (dict, "multiline"),
        (Shop, "multiline"),
        (Any, "multiline"),
        (int | str, "text"),
        (int | list[int], "multiline"),
    ],
)
def test_each_type_has_its_field(annotation: Any, kind: str) -> None:
    assert field(annotation).kind == kind


def test_a_field_says_all_that_a_page_needs() -> None:
    assert field(Annotated[int, Meta(gt=0, le=9, title="Age", description="In days.")] | None, default=3) == FormField(
        name="x",
        label="Age",
        kind="integer",
        required=False,
        default="3",
        options=[],
        min=1,
        max=9,
        help="In days.",
        allowed="a whole number above 0 and up to 9, or null",
    )


def test_a_label_is_made_of_the_name() -> None:
    def function(older_than_days: int) -> None: ...

    [found] = runnable_of(function).form_fields()
    assert (found.label, found.required, found.default, found.min) == ("Older than days", True, "", None)


def test_options_stand_in_their_order() -> None:
    assert field(Literal["b", "a"]).options == ["b", "a"]
    assert field(Literal["b", "a"] | None).options == ["", "b", "a"]
    assert field(Size, default=Size.LARGE).options == ["1", "2"]
    assert field(bool | None).options == ["", "true", "false"]


def test_what_can_stay_empty_is_not_required() -> None:
    assert [field(each).required for each in (int, bool, int | None)] == [True, False, False]


def test_the_default_of_a_secret_is_told_nowhere() -> None:
    job = runnable(Annotated[str, Secret()], default="hunter2")
    assert "hunter2" not in str(job.schema()) + str(job.form_fields())
    assert job.split({}) == ({}, {"x": "hunter2"})


@pytest.mark.parametrize(("annotation", "text"), [(datetime, "2026-01-31T12:00:00"), (list[str], "a\nb")])
def test_a_default_reads_as_a_person_would_write_it(annotation: Any, text: str) -> None:
    assert field(annotation, default=value(annotation, text, from_text=True)).default == text


AWKWARD: list[tuple[Any, object]] = [
    (list[str], ["a,b"]),
    (list[str], ["a,b", "c"]),
    (list[str], [" a"]),
    (list[str], [""]),
    (list[str], ["a\nb", "[c]"]),
    (list[list[int]], [[1], [2]]),
    (list[Any], ["5", None]),
    (int | str, "5"),
    (Any, "5"),
    (Any, None),
    (datetime, datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)),
    (timedelta, timedelta(days=2, microseconds=1)),
]


@pytest.mark.parametrize(("annotation", "default"), [*((each, expected) for each, _, expected in ACCEPTED), *AWKWARD])
def test_the_text_of_a_default_gives_the_default_again(annotation: Any, default: object) -> None:
    job = runnable(annotation, default=default)
    text = job.form_fields()[0].default
    assert job.convert({"x": text}, from_text=True) == {"x": default}


def test_the_schema_describes_every_parameter() -> None:
    def function(
        days: Annotated[int, Meta(ge=1, description="How old.")],
        password: Annotated[str, Secret()],
        since: datetime | None = None,
        colour: Colour | None = Colour.RED,
    ) -> None: ...

    assert runnable_of(function).schema() == {
        "type": "object",
        "properties": {
            "days": {"type": "integer", "minimum": 1, "description": "How old."},
            "password": {"type": "string", "writeOnly": True, "format": "password"},
            "since": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None},
            "colour": {"anyOf": [{"$ref": "#/$defs/Colour"}, {"type": "null"}], "default": "red"},
        },
        "required": ["days", "password"],
        "additionalProperties": False,
        "$defs": {"Colour": {"type": "string", "enum": ["red", "blue"]}},
    }


def test_types_within_a_type_are_described_beside_it() -> None:
    schema = runnable(list[Shop]).schema()
    assert schema["properties"] == {"x": {"type": "array", "items": {"$ref": "#/$defs/Shop"}}}
    assert "Shop" in schema["$defs"]  # type: ignore[operator]


def test_a_job_without_parameters_has_an_empty_schema_and_form() -> None:
    def function() -> None: ...

    job = runnable_of(function)
    assert (job.schema()["properties"], job.schema()["required"], job.form_fields()) == ({}, [], [])
