"""Lines that speak of levels and state none: counts, settings, code, what a shell repeats."""

from __future__ import annotations

import re

from jobs.text.level_headers import Header

_VALUE = r"(?:\(?[-+]?\d[\d.]*+(?:e[-+]?\d+)?(?: ?%)?\)?|none|null|nil|undefined|true|false|yes|no|on|off|ok|\"\"|'')"
_CODE = r"(?:[\[{(][\]})]?|(?:async )?\([\w, ]{0,40}\) =>.*|function\b.*|\w+,)"
_MERE_VALUE = re.compile(rf"\s*(?:$|{_VALUE}(?: found| total)?|{_CODE})\s*[,;]?\s*$", re.I)
# Of a count: `ERROR  5`, `FAILED: 0, PASSED: 12`, `| ERROR | 5 |`, `ERROR  12  3 %`.
_NEXT_COUNT = r"(?:\s*[,;|]\s*|\s+)[a-z]{1,20}\s?[:=|]\s?\d.*"
_PART = r"\s*+[,;|]|\s++\(?\d[\d.]*+(?:\s?%)?\)?|\s++found"
_MERE_COUNT = re.compile(rf"[\s:=|]*{_VALUE}(?:{_NEXT_COUNT}|{_PART})*\s*$", re.I)
# Code and its comments, a shell's trace (`+ echo ERROR`), a prompt, a passed test.
_COMMAND = r"(?:\++|[$>%]) (?!(?:error|warning)\b)[a-z./][\w./-]* "
_QUOTES = re.compile(rf"\s*(?:{_COMMAND}|#(?:define|error|if|include)\b|ok \d+|[✓✔√] |\}} |//|/\*|# (?=[a-z]))")
_LIST_ITEM = re.compile(r"\s*- $")
_COMMIT = re.compile(r"(?:[*|] )*(?=[a-f\d]{0,9}\d)[0-9a-f]{7,10} $")
# What tools write in small letters at the beginning of a line, before a colon. Others are names of settings there.
INDENTED_TOOL_WORDS = frozenset(["error", "err", "warning", "warn", "fatal", "info", "note", "hint"])
TOOL_WORDS = INDENTED_TOOL_WORDS | frozenset(["debug", "panic", "crit", "fail", "trce", "dbug", "notice"])


def is_quote(line: str) -> bool:
    """Whether the line is code or a repetition, whatever words are in it."""
    return _QUOTES.match(line) is not None


def is_count(after: str) -> bool:
    """Whether what follows a level word makes it the name of a number: `ERROR  5`, `FAILED: 0, PASSED: 12`."""
    return _MERE_COUNT.match(after) is not None


def is_value(after: str, position: int) -> bool:
    """Whether what follows `error:` makes it the name of a value: `none`, `{`, `(e) => {`."""
    return _MERE_VALUE.match(after, position) is not None or _MERE_COUNT.match(after, position) is not None


def is_setting(before: str, word: str, header: Header) -> bool:
    """`- alert: HighLatency`, `  panic: abort`, `a1b2c3d error: say why`: not what a tool says of itself."""
    if _LIST_ITEM.fullmatch(before) or _COMMIT.fullmatch(before):
        return True
    if header.has_names or not word.islower():
        return False
    return word not in (INDENTED_TOOL_WORDS if before.isspace() else TOOL_WORDS)
