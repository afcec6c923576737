"""Lines that mention levels and state none: counts, settings, code, commands that a shell repeats."""

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
# Words that tools write in small letters at the beginning of a line, before a colon. Other words are settings there.
INDENTED_TOOL_WORDS = frozenset(["error", "err", "warning", "warn", "fatal", "info", "note", "hint"])
TOOL_WORDS = INDENTED_TOOL_WORDS | frozenset(["debug", "panic", "crit", "fail", "trce", "dbug", "notice"])


def is_quote(line: str) -> bool:
    """Whether the line is code or a repeated command, whatever words are in it."""
    return _QUOTES.match(line) is not None


def is_count(after: str) -> bool:
    """Whether the text after a level word makes it the name of a number: `ERROR  5`, `FAILED: 0, PASSED: 12`."""
    return _MERE_COUNT.match(after) is not None


def is_value(after: str, position: int) -> bool:
    """Whether `after`, from `position` on, makes `error:` the name of a value: `none`, `{`, `(e) => {`."""
    return _MERE_VALUE.match(after, position) is not None or _MERE_COUNT.match(after, position) is not None


def is_setting(before: str, word: str, header: Header) -> bool:
    """Whether a level word is no message of a tool: `- alert: HighLatency`, `  panic: abort`, `a1b2c3d error: x`."""
    if _LIST_ITEM.fullmatch(before) or _COMMIT.fullmatch(before):
        return True
    if header.has_names or not word.islower():
        return False
    return word not in (INDENTED_TOOL_WORDS if before.isspace() else TOOL_WORDS)
