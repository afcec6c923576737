"""Patterns of an installation: those that a line could make slow are refused, and the others are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.configuration.expressions import may_explode
from jobs.secrets.bounded_search import BoundedPattern
from jobs.secrets.masking import Masker


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(a+)+$", r"(a*)*b", r"(?:a+?)+?$", r"((x|y)?z*)+", r"(a|aa)+$", r"(a|b|ab)*c", r"(.*a){20}", r"(\w+\s?)*$"),
        *(
            r"([a-z]+)*=",
            r"(?i:(a+)+)$",
            r"(a?){30}a",
            r"(ab?){2,}c",
            r"^(([a-z])+.)+[A-Z]",
            r"(\w+)=\1",
            r"(?=(a+)+$)",
        ),
    ],
)
def test_what_may_take_for_ever_is_refused(pattern: str) -> None:
    assert may_explode(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\b\d{4}-\d{4}\b", r"ghp_[A-Za-z0-9]{36}", r"(?i)token=\S+", r"eyJ[\w-]+\.[\w-]+\.[\w-]+"),
        *(r"password[:=]\s*\S+", r"(?:foo|bar)baz", r"AKIA[0-9A-Z]{16}", r"(?>a+)+$", r"(a++)+$", r"(?:\d{3}){2,}"),
        *(r"[a-f0-9]{32,64}", r"-----BEGIN.*?-----", r"(ab)+c", r"(?<=key=)\w+", r"(?:ab|cd){2}x"),
    ],
)
def test_what_is_usual_is_allowed(pattern: str) -> None:
    re.compile(pattern)
    assert not may_explode(pattern)


LONGEST_LINE = 1024 * 1024


def covered(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, stop in spans for at in range(start, stop)}


@given(
    st.sampled_from([r"(\w+)@", r"a*b", r"(?i)[ab]+c", r"a{2,}b", r"(a+?)b", r"\ba+", r".+b", r"(?<=b)a+c", r"a+|b+c"]),
    st.text("aAbc @\n", max_size=14),
)
def test_the_same_is_found_as_by_the_pattern_itself(pattern: str, text: str) -> None:
    found = covered(match.span() for match in re.finditer(pattern, text))
    assert covered(BoundedPattern(re.compile(pattern)).spans(text)) == found


def test_a_word_as_long_as_a_line_is_looked_through_once() -> None:
    word = "a" * LONGEST_LINE
    assert Masker([], [re.compile(r"(\w+)@")]).mask(word) == word


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        *((r"eyJ[\w-]+\.[\w-]+", "eyJ"), (r"\S+@\S+\.\S+", "@a"), (r"a.*b.*c.*d", "abc"), (r".+.+.+@", "a")),
        *((r"-----BEGIN.*?-----END", "-----BEGIN"), (r"(?:\d{3}-)+x", "123-")),
    ],
)
def test_what_takes_too_long_to_be_searched_is_not_shown(pattern: str, text: str) -> None:
    line = text * (LONGEST_LINE // len(text))
    masked = Masker([], [re.compile(pattern)]).mask(line)
    assert masked.endswith("***")
    assert len(masked) < len(line)


def test_a_match_is_found_at_any_place_of_a_long_line() -> None:
    masker = Masker([], [re.compile(r"sk-[a-z0-9]+")])
    for before in range(0, 20_000, 1371):
        assert masker.mask("." * before + "sk-" + "ab1" * 1000 + "." * 20_000) == "." * before + "***" + "." * 20_000


def test_a_match_that_is_longer_than_a_piece_is_masked_to_its_end() -> None:
    assert Masker([], [re.compile(r"sk-[a-z0-9]+")]).mask("x sk-" + "ab1" * 20_000 + " y") == "x *** y"
