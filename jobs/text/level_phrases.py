"""Levels that a line shows by its beginning, without a header: well-known phrases and the names of exceptions."""

from __future__ import annotations

import re

from jobs.text.level_values import level_of_value
from jobs.text.level_words import NAMING_GERUNDS, words

_REASON = r"[^:]{0,120}:(?:\s|$)"
_PHRASE = re.compile(
    r"\s*(?:[|+│] ?)?(?:"
    r"(?P<error>"
    r"(?:Exception Group )?Traceback \(most recent call last\)"
    r"|Exception in thread "
    r"|Unhandled [Ee]xception"
    r"|Segmentation fault"
    r"|(?:docker: )?Error response from daemon"
    rf"|Error (?:from|in|while|during|when|at) {_REASON}"
    r"|An? (?:unexpected |internal |fatal )?error (?:has )?occurred(?: \(\w{1,60}\)| (?:while|when|during|in)\b|:)"
    r"|PHP Parse error: "
    r"|thread '[^']{0,80}' (?:\(\d+\) )?panicked at "
    r"|g?make(?:\[\d+\])?: \*\*\* "
    r"|not ok \d+(?![^#]{0,200}# (?:TODO|SKIP))"
    r"|FAIL\s+[\w.@-]{1,80}/\S+"
    r"|failed: \[[^\]]{1,80}\]"
    r"|dpkg: error "
    r"|rake aborted!"
    r"|failed to solve: "
    r"|ERR_[A-Z][A-Z_]{3,60}\s"
    r"|ORA-\d{5}: "
    r"|curl: \(\d{1,3}\) "
    r"|==\d{1,9}==\s?ERROR: "
    r"|=(?:ERROR|CRASH|SUPERVISOR) REPORT===="
    r"|\*\* \([^()]{1,80}\) "
    r"|Errno::E[A-Z]"
    r"|std::\w{0,40}(?:error|exception|bad_alloc): "
    r"|terminate called "
    r"|(?:[A-Z]\w{0,60}::){1,5}[A-Z]\w{0,60} \(.{0,200}\):$"
    r"|goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\["
    r"|Stack trace:$"
    r"|File \"[^\"]{1,200}\", line \d+$"
    r"|undefined (?:method|local variable or method) .{0,200}\((?:NoMethod|Name)Error\)\s*$"
    r")"
    r"|(?P<warning>"
    r"(?:In addition: )?Warning messages?:(?:\s|$)"
    rf"|Warning in {_REASON}"
    r"|=WARNING REPORT===="
    r"|CMake Deprecation Warning "
    r")"
    r"|(?P<fatal>"
    r"(?:fatal error: )?(?:unexpected )?signal (?:SIG[A-Z]+|arrived)"
    r"|Kernel panic - "
    r")"
    r")"
)
# How the phrases begin, for a cheap check before the expression.
_FIRST_TWO = frozenset(
    words(
        """Tr Ex Un un Se do Er An an PH th gm ma no FA fa dp ra ER OR cu == =E =C =S =W ** St Fi st te Ac go In Wa
        CM si Ke"""
    )
) | {"A "}
# Two letters are too few for common words.
_FIRST_FOUR = frozenset(words("Trac thre term std: Stac Segm sign unex Unha unde FAIL File fata fail")) | {"In a"}
_FIRST_OF_MANY = frozenset("TtsSuUFfI")
# Lines that begin with the name of a file: Ruby's exceptions and the linker's errors.
_IN_FILE = re.compile(
    r"\s*+[^\s:]{1,200}+:(?:"
    r"\d{1,7}:in [`'][^']{1,100}': .{0,200}\([A-Z][\w:]{0,80}\)\s*$"
    r"|(?:\(\.\w{1,40}[^)]{0,40}\)|\d{1,7}): undefined reference to )"
)
_FIRST_OF_PLACES = frozenset("(0123456789")  # behind the colon
# Node prints the place of a `throw` before the exception.
_THROWN_IN = re.compile(r"(?:(?:file://)?/[^\s:]{1,200}\.[cm]?[jt]sx?|\[eval\]|node:[\w/]{1,100}):\d{1,7}$")
_FIRST_OF_THROWN = frozenset("/f[n")
_KERNEL = re.compile(
    r"(?:.{0,80}kernel: )?\[ {0,12}\d{1,9}\.\d{1,9}\] (?:(Kernel panic - )|(BUG|Oops|watchdog: BUG): )"
)
_DOING = re.compile(rf"\s*(?:\[?[\d:., TZ/+-]{{8,40}}\]?\s+)?Error (\w{{3,24}}ing) {_REASON}")
_EXCEPTION = re.compile(
    r"\s*(?:E\s+|Uncaught |Caused by: |\(node:\d+\) (?:\[\w+\] )?|[^\s:]{1,200}:\d+: )?"
    r"(?:(?:[\w$]++(?:\.|::|\\))*+[A-Z]\w*?(Error|Exception|Warning|Interrupt)"
    r"|(?:(?:\w++(?:\.|::|\\))++Error|Error(?= \[\w)|(?:\w++(?:\.|::|\\))*+Exception)|(?:\w++\.)*?exceptions\.\w++)"
    r"(?: \[\w{1,60}\])?(?::(?=\s|$)|$)"
)
_LINTER = re.compile(r"\s+\d+:\d+\s+(error|warning)\s")
_PAIR = re.compile(r"(?:level|lvl|severity|loglevel)=\"?([a-z]+(?:[+-]\d+)?)\"?(?=\s|$)")
_LEVEL_KEYS = ("level=", "lvl=", "severity=", "priority=", "@l=")
_NEIGHBOUR = re.compile(r"[\w.@/-]{1,40}=\S{1,200}\s+$")
_NEXT_PAIR = re.compile(r"\s+[\w.@/-]{1,40}=\S")


def level_of_phrase(head: str) -> str | None:
    """The level of a line that begins with a well-known phrase or an exception's name, or holds a `level=` pair."""
    phrase = _PHRASE.match(head) if _may_be_phrase(head) else None
    if phrase is not None:
        return {"warning": "warn"}.get(phrase.lastgroup or "", phrase.lastgroup)
    colon = head.find(":")
    if colon > 0 and head[colon + 1 : colon + 2] in _FIRST_OF_PLACES and _IN_FILE.match(head):
        return "error"
    if head[:1] in _FIRST_OF_THROWN and is_place_of_throw(head):
        return "error"
    if "rror" in head or "xception" in head or "arning" in head or "nterrupt" in head:
        level = _level_of_exception(head)
        if level is not None:
            return level
    kernel = _KERNEL.match(head) if "] " in head and _may_be_kernels(head) else None
    if kernel is not None:
        return "fatal" if kernel[1] else "error"
    return _level_of_pair(head) if "=" in head and may_hold_a_level(head) else None


def _may_be_phrase(head: str) -> bool:
    """A cheap check before the expression."""
    begin = head.lstrip(" \t|+│")[:4]
    if begin[:2] not in _FIRST_TWO:
        return False
    if begin[0] not in _FIRST_OF_MANY or begin in _FIRST_FOUR:
        return True
    return begin[0].isupper() and "::" in head


def _may_be_kernels(head: str) -> bool:
    return "Kernel panic" in head or "BUG: " in head or "Oops: " in head


def may_hold_a_level(text: str) -> bool:
    """Whether `text` may have a key for a level (`level=`, `lvl=`, `severity=`): a cheap check."""
    if not ("l=" in text or "L=" in text or "y=" in text or "Y=" in text):
        return False
    text = text.lower()
    return any(key in text for key in _LEVEL_KEYS)


def is_place_of_throw(text: str) -> bool:
    """Whether `text` is the file and line of a JavaScript error, whose message is in the lines after it."""
    return text[-1:].isdigit() and _THROWN_IN.match(text) is not None


def is_exception(text: str) -> bool:
    """Whether `text` begins with an exception's name, as the last line of a traceback does."""
    return _EXCEPTION.match(text) is not None


def _level_of_exception(head: str) -> str | None:
    exception = _EXCEPTION.match(head)
    if exception is not None:
        return "warn" if exception[1] == "Warning" else "error"
    linter = _LINTER.match(head)
    if linter is not None:
        return "warn" if linter[1] == "warning" else "error"
    doing = _DOING.match(head)
    return "error" if doing is not None and doing[1] not in NAMING_GERUNDS else None


def _level_of_pair(head: str) -> str | None:
    """The level of `level=error` at the beginning, or beside another pair; elsewhere such a pair is code or prose."""
    pair = _PAIR.search(head.lower())
    if pair is None or head[pair.start() - 1 : pair.start()] not in ("", " ", "\t", "|"):
        return None
    before = head[: pair.start()]
    is_beside_another = _NEIGHBOUR.search(before) or _NEXT_PAIR.match(head, pair.end())
    if not is_beside_another and (before.strip() or not head[pair.end() :].strip()):
        return None
    return level_of_value("level", pair[1])
