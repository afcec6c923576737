"""Anything can be logged (promise D6): text, levels deep, cyclic, broken, endless."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.storable import (
    MAX_JSON_DEPTH,
    Cut,
    cut,
    json_text,
    parsed_json,
    storable_json,
    storable_object,
    storable_text,
    without_ansi,
)

# Hypothesis leaves out surrogates by default.
any_text = st.text(st.characters(exclude_categories=[]), max_size=50)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text | st.binary(max_size=20)
anything = st.recursive(
    scalars | st.datetimes() | st.decimals() | st.uuids() | st.complex_numbers(),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.tuples(inside, inside)
        | st.sets(st.integers(), max_size=3)
        | st.dictionaries(any_text | st.integers(), inside, max_size=4)
    ),
    max_leaves=12,
)


@given(any_text)
@example("\0\ud800\udfff")
def test_stored_text_has_neither_nul_nor_surrogates_and_the_rest_as_it_was(text: str) -> None:
    stored = storable_text(text)
    stored.encode()
    assert len(stored) == len(text)
    assert all(new in (old, "�") for new, old in zip(stored, text, strict=True))
    assert "\0" not in stored


@given(anything)
def test_anything_becomes_json_that_every_reader_takes_and_stays_the_same_when_stored_again(value: object) -> None:
    stored = storable_json(value)
    json.loads(json.dumps(stored, allow_nan=False).encode())
    assert storable_json(stored) == stored
    assert json.loads(json_text(storable_json(value))) == stored


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (2**64, 2**64),
        (-(10**400), -(10**400)),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00+00:00"),
        (b"\xff", "�"),
        ({"a\0": {1: (2,)}}, {"a�": {"1": [2]}}),
        (Enum("Colour", {"RED": "red"}).RED, "red"),
    ],
)
def test_what_json_does_not_know_is_stored_as_its_text(value: object, stored: object) -> None:
    assert storable_json(value) == stored


def test_integers_are_written_and_read_exactly_and_too_long_ones_as_text() -> None:
    assert storable_json([10**4300, -(10**4300)]) == [hex(10**4300), hex(-(10**4300))]
    numbers = [2**64, -(2**64) - 1, int("9" * 4300)]
    assert json_text(storable_json(numbers)) == json.dumps(numbers, separators=(",", ":"))
    assert parsed_json(json.dumps(numbers)) == numbers
    assert parsed_json(f"[{'9' * 4301}, 5, -{'9' * 4300}]") == ["9" * 4301, 5, -int("9" * 4300)]
    with pytest.raises(ValueError, match="Expecting"):
        parsed_json("[1, ")


def test_what_cannot_even_be_shown_is_named() -> None:
    class Shy:
        def __str__(self) -> str:
            raise RuntimeError

    assert storable_json([Shy()]) == ["<Shy: cannot be shown, RuntimeError>"]


def test_a_cycle_ends_in_a_mark() -> None:
    cyclic: dict[str, object] = {"name": "a"}
    cyclic["self"] = [cyclic]
    assert storable_object(cyclic) == {"name": "a", "self": ["..."]}


def test_what_is_referred_to_twice_is_no_cycle() -> None:
    shared = [1]
    assert storable_json([shared, shared]) == [[1], [1]]


def test_great_depths_end_in_a_mark() -> None:
    deep: object = "bottom"
    for _ in range(5_000):
        deep = [deep]
    text = json_text(storable_json(deep))
    assert text.count("[") == MAX_JSON_DEPTH
    assert '"..."' in text


def test_fields_must_be_a_mapping() -> None:
    with pytest.raises(TypeError, match="list"):
        storable_object(["a"])  # type: ignore[arg-type]


@given(any_text.map(storable_text), st.integers(0, 60))
def test_a_cut_is_at_a_character_and_says_how_much_it_left_out(text: str, max_bytes: int) -> None:
    kept, left_out = cut(text, max_bytes)
    assert text.startswith(kept)
    assert len(kept.encode()) <= max_bytes or left_out == 0
    assert len(kept.encode()) + left_out == len(text.encode())
    assert left_out == 0 or len(text[: len(kept) + 1].encode()) > max_bytes


def test_a_character_of_several_bytes_is_not_halved() -> None:
    assert cut("aéz", 2) == Cut("a", 3)


@pytest.mark.parametrize(
    ("coloured", "plain"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b(Bascii", "ascii"),
        ("\x1b]0;never closed", "0;never closed"),
        ("at the end\x1b", "at the end"),
        ("no [31m escape", "no [31m escape"),
    ],
)
def test_control_sequences_go_and_the_text_stays(coloured: str, plain: str) -> None:
    assert without_ansi(coloured) == plain
