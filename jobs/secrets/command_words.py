"""The words of a shell's line with their places, and a line with some words replaced. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_PIECE = re.compile(
    r"""'(?P<single>[^']*)'|\$?"(?P<double>(?:\\.|[^"\\])*+)"|\$'(?P<dollar>(?:\\.|[^'\\])*+)'|\\(?P<escaped>.)"""
    r"""|(?P<plain>[^\s'"\\;&|()<>`$]++|\$)|(?P<blank>[^\S\n]++|[<>]++&?)|(?P<ends>[\n;&|()`]++)""",
    re.DOTALL,
)
_IN_DOUBLE = re.compile(r'\\(["\\$`])')
_IN_DOLLAR = re.compile(r"\\(.)", re.DOTALL)


class Word(NamedTuple):
    start: int
    stop: int
    text: str  # as the program gets it


class NotAShellsLine(ValueError):
    """A quote in the line is not closed."""


def commands_in(line: str) -> list[list[Word]]:
    """The words of each command in a line, also of commands in parentheses. Raises NotAShellsLine."""
    commands: list[list[Word]] = [[]]
    pieces: list[str] = []
    start = end = 0
    for match in _pieces(line):
        if match.lastgroup in ("blank", "ends"):
            if pieces:
                commands[-1].append(Word(start, end, "".join(pieces)))
                pieces = []
            if match.lastgroup == "ends":
                commands.append([])
            continue
        if not pieces:
            start = match.start()
        pieces.append(_unquoted(match))
        end = match.end()
    if pieces:
        commands[-1].append(Word(start, end, "".join(pieces)))
    return commands


def _pieces(line: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(line):
        match = _PIECE.match(line, at)
        if match is None:
            raise NotAShellsLine(line[at : at + 20])
        yield match
        at = match.end()


def _unquoted(match: re.Match[str]) -> str:
    text = match[match.lastgroup or 0]
    if match.lastgroup == "double":
        return _IN_DOUBLE.sub(r"\1", text)
    if match.lastgroup == "dollar":
        return _IN_DOLLAR.sub(r"\1", text)
    return text


def with_words(line: str, words: Sequence[Word]) -> str:
    """The line with these words at their places, quoted where they were quoted or need it; the rest is unchanged."""
    pieces, end = [], 0
    for word in words:
        pieces += [line[end : word.start], _quoted(word.text, line[word.start : word.stop])]
        end = word.stop
    return "".join((*pieces, line[end:]))


def _quoted(text: str, before: str) -> str:
    quote = before[0]
    if quote == before[-1] == '"' and not _needs_escape(text):
        return f'"{text}"'
    if quote == before[-1] == "'" and "'" not in text:
        return f"'{text}'"
    plain = text.replace("*", "x")
    return text if shlex.quote(plain) == plain else shlex.quote(text)


def _needs_escape(text: str) -> bool:
    return any(character in text for character in '"\\')
