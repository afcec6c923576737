"""The text before a level word: a log line's header, or the beginning of a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from jobs.text.level_words import PROSE, TIME_WORDS

# The first digit is written apart, so that the engine can skip to it.
_TIME = re.compile(
    r"[0-9](?:[0-9]?:[0-9]{2}|[0-9]{3}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9][-/.][0-9]{2}[-/.][0-9]{2}"
    r"|[0-9]{9}|[0-9]{5} [0-9]{6})\S*"
)
# The kernel, and programs that count from their start.
_UPTIME = re.compile(r"\[ {0,12}\d{1,9}\.\d{1,9}s?\]")
_IDENTITY = re.compile(r"(?:pid|tid|jid|bid|class|thread)=[\w.:-]+")  # Sidekiq's header
_SIX_DIGITS = re.compile(r"(?:[^0-9]*+[0-9]){6}")
_CLOSED_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\{[^{}]*\}")
_BRACKETS = re.compile(r"[\[({<]")
_NEVER_IN_A_NAME = frozenset("?!\"'=;`")
_DECORATION = re.compile(r"[^\w\"'`=]+|={3,}")


class Header(NamedTuple):
    """What a header has since its last time or `tag:`: the number of plain words and of words in capitals, and more."""

    words: int
    capitals: int
    last_word: str
    has_names: bool
    is_timed: bool


def header_of(text: str) -> Header | None:
    """What kind of header `text` is; None when it is prose. Closed brackets may hold anything."""
    if text.rpartition(" ")[0].rpartition(" ")[2].lower() in PROSE:
        return None  # "no error": the word before shows most prose
    times = list(_TIME.finditer(text))
    is_timed = bool(times) or _SIX_DIGITS.match(text) is not None or _UPTIME.search(text) is not None
    rest = text[times[-1].end() :] if times else text
    if _BRACKETS.search(rest):
        rest = _CLOSED_BRACKETS.sub("", _CLOSED_BRACKETS.sub("", rest))
    words = capitals = 0
    last_word, has_names = "", False
    for token in rest.split():
        if token.isalpha():
            if token.lower() in PROSE:
                return None
            if token not in TIME_WORDS:
                last_word = token
                capitals, words = (capitals + 1, words) if token.isupper() else (capitals, words + 1)
        elif _DECORATION.fullmatch(token):
            continue
        elif is_timed and _IDENTITY.fullmatch(token):
            has_names = True
        elif not _is_name(token):
            return None
        elif token[-1] == ":":
            # A tag ends the header proper. The host before it is gone; more words than that were a sentence.
            words, capitals, has_names = max(words - 1, 0), 0, True
        else:
            has_names = True
    return Header(words, capitals, last_word, has_names, is_timed)


def _is_name(token: str) -> bool:
    """Whether `token`, which is not a plain word, may be part of a header: a number, a name, a tag."""
    if not _NEVER_IN_A_NAME.isdisjoint(token):
        return False
    if token[-1] == ":":
        return token[:-1].lower() not in PROSE
    return not (token[-1] in ",." and token[:-1].isalpha())
