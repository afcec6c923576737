"""Which patterns of an installation are refused, as a line may be made for them."""

from __future__ import annotations

import re

import pytest

from quaero.expressions import may_explode


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
