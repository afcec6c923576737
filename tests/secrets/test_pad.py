"""Texts that others carry and cannot read."""

from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from jobs.secrets.pad import hidden, shown

SECRET = "zebra-crossing-4711"


@pytest.mark.parametrize("text", ["", SECRET, "ä☂" * 1_000])
def test_what_is_hidden_comes_back(text: str) -> None:
    assert shown(hidden(text, "a ticket"), "a ticket") == text


def test_the_same_text_is_hidden_differently_each_time_and_nowhere_in_it() -> None:
    found = {hidden(SECRET, "a ticket") for _ in range(100)}
    assert len(found) == 100
    assert not any(part.encode() in base64.urlsafe_b64decode(each) for each in found for part in SECRET.split("-"))


def test_two_of_one_length_have_no_common_pad() -> None:
    """Else the two together would tell of both texts."""
    first, second = (base64.urlsafe_b64decode(hidden("\0" * 64, "a ticket"))[16:] for _ in range(2))
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 8


def test_another_key_or_purpose_shows_nothing(settings: Settings) -> None:
    kept = hidden(SECRET, "a ticket")
    assert readable(kept, "something else") != SECRET
    settings.SECRET_KEY = "another"
    assert readable(kept, "a ticket") != SECRET


def readable(kept: str, purpose: str) -> str | None:
    try:
        return shown(kept, purpose)
    except ValueError:
        return None
