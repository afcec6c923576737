"""What stays of a text while it is redrawn: two states of one progress bar have the same shape."""

from __future__ import annotations

import re

# Numbers with their units (times, sizes, speeds), and all that bars and spinners are drawn with.
_MOVING = re.compile(
    r"\d[\d.,:]*(?:\s?(?:[kKMGT]i?)?(?:[bB](?:it)?s?|it|[mun]?s|h|min)?\b(?:/s)?)|[^\w<>@&]|_|\b[\da-z]{1,2}/s\b"
    "|[\u2190-\u2bff\u2e28-\u2e29\uff00-\uff0f]"
)
_BAR = re.compile(r"(?<=[\[|(<])[#=>.\-\s*oO@xX]+(?=[\]|)>])")
_SPINNER = re.compile(r"^[|/\\\-oO.*+]\s|\s[|/\\\-]$")
_LONGEST = 512  # characters; enough to know a bar again


def shape_of(text: str) -> str:
    """`text` without what moves: digits, bars, spinners and spaces. Empty for a text of nothing else."""
    return _MOVING.sub("", _BAR.sub("", _SPINNER.sub("", text.strip()[:_LONGEST])))
