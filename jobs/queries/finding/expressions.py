"""Regular expressions of RE2, whose time rises with the length of the text alone, whatever the expression is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jobs.errors import Refusal
from jobs.terms.extras import how_to_install
from jobs.terms.sizes import MIB

try:
    import re2
except ModuleNotFoundError:
    re2 = None

EXTRA = "find"
MAX_MEMORY = 4 * MIB  # of one expression,
MOST_KEPT = 24  # of which so many are kept
ESCAPE = re.compile(r"\\.", re.DOTALL)
ENDS_OF_WORDS, QUOTES = (r"\b", r"\B"), r"\Q"
# What would not be found in a text of many messages, each a line: the ends of the whole text, and "no lines".
OF_WHOLE_TEXTS = re.compile(r"\\[Az]|\(\?[a-zA-Z]*-[a-zA-Z]*m")


class ExpressionsAreMissing(Refusal):
    status = 501
    code = "extra_missing"

    def __init__(self) -> None:
        super().__init__(f"regular expressions need the package google-re2: {how_to_install(EXTRA)}")


class BadExpression(Refusal, ValueError):
    code = "bad_expression"

    def __init__(self, text: str, reason: str) -> None:
        """`reason`: RE2's, as `missing ): (abc`, of which the end is the part of the text that it is about."""
        words, _, part = reason.partition(": ")
        at = text.find(part) if part else -1
        where = f" in {part!r}" if part else ""
        detail: dict[str, object] = {"parameter": "find", "reason": words, "part": part}
        if text.count(part) == 1:
            detail["at"] = at
        super().__init__(f"this is not a regular expression of RE2: {words}{where}", detail=detail)


class Expression:
    """An expression to find in messages. Texts are UTF-8, and so are places in them."""

    def __init__(self, text: str, *, has_case: bool) -> None:
        """Raises BadExpression, and ExpressionsAreMissing without RE2."""
        self._in_one = compiled(text, has_case)
        self._finds_nothing = matches_only_nothing(text, has_case)
        self._in_many = None if OF_WHOLE_TEXTS.search(text) else compiled(f"(?m){text}", has_case)

    @property
    def finds_nothing(self) -> bool:
        """Whether it can only match the empty text, of which there is nothing to show."""
        return self._finds_nothing

    def spans(self, message: bytes, most: int) -> list[tuple[int, int]]:
        """Where it matches more than nothing, at most so many places."""
        found: list[tuple[int, int]] = []
        for match in self._in_one.finditer(message):
            if match.start() < match.end():
                found.append(match.span())
                if len(found) == most:
                    break
        return found

    def first_candidate(self, text: bytes, start: int) -> tuple[int, int] | None:
        """Where, from `start` on, the first of several messages may match, each of which is a line of `text`.

        Where a message matches by itself, it matches as a line too, or the expression has a match that begins before.
        """
        if self._in_many is None:
            return start, start
        match = self._in_many.search(text, start)
        return None if match is None else match.span()

    def is_certain(self, text: bytes, message: tuple[int, int], candidate: tuple[int, int]) -> bool:
        """Whether a candidate in a message needs no second look."""
        (first, end), (low, high) = message, candidate
        return first <= low < high <= end and text.find(b"\n", first, end) < 0


@lru_cache(maxsize=MOST_KEPT)
def matches_only_nothing(text: str, has_case: bool) -> bool:
    """Of an expression that is compiled already. RE2 says what it can match at the beginning of a text.

    Elsewhere it can match more where it asks for the ends of words: without that, no less.
    """
    if QUOTES in text:
        return False
    try:
        anywhere = compiled(ESCAPE.sub(without_ends_of_words, text), has_case)
        return bool(anywhere.possiblematchrange(1) == (b"", b""))
    except (BadExpression, re2.error):  # it can match too much to say what
        return False


def without_ends_of_words(escape: re.Match[str]) -> str:
    return "" if escape[0] in ENDS_OF_WORDS else escape[0]


@lru_cache(maxsize=MOST_KEPT)
def compiled(text: str, has_case: bool) -> Any:
    if re2 is None:
        raise ExpressionsAreMissing
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.never_capture = has_case, False, True
    options.max_mem = MAX_MEMORY
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise BadExpression(text, error.args[0].decode()) from error
    finally:
        re2.purge()  # it would keep many more of its own
