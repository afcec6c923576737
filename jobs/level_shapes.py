"""Levels that are not a word: the letter of logcat and glog, the number of syslog, the mark of Redis, phrases.

Anchored patterns over the beginning of a line; each is one system's (or family's) whole header.
"""

from __future__ import annotations

import re

from jobs import levels

_CLOCK = r"\d\d:\d\d:\d\d"
_LETTER_SHAPES = re.compile(
    r"\s*(?:"
    # Android logcat: threadtime, Studio, time, brief, tag, process and thread formats.
    rf"(?:\d{{4}}-)?\d\d-\d\d {_CLOCK}\.\d+(?: [+-]\d{{4}})?\s+(?:"
    r"(?:[A-Za-z]\w*\s+)?\d+\s+\d+\s+(?P<threadtime>[VDIWEFA])\s"
    r"|\d+-\d+(?:/\S+)?\s+(?:\S+\s+\S+\s+)?(?P<studio>[VDIWEFA])[/ ]"
    r"|(?P<time>[VDIWEFA])/[^:]{1,80}?\(\s*\d+\): )"
    r"|(?P<brief>[VDIWEFA])(?:/[\w.$ -]{1,60}?)?\(\s*\d+(?::\s*\w+)?\)[: ]"
    r"|(?P<tag>[VDIWEFA])/[\w.$-]{1,60}\s*: "
    # MongoDB before 4.4, etcd before 3.4, TensorFlow.
    rf"|\d{{4}}-\d\d-\d\d[T ]{_CLOCK}\S*\s+(?P<mongo>[DIWEFNC])\d?\s+(?:\||[A-Z]{{2,}}\s|\S+:\d+\])"
    # A letter in brackets, perhaps after a time; Tornado and Jupyter, Ruby's Logger, qBittorrent.
    r"|[\d:.,TZ/+ -]*\[(?P<boxed>[VDIWEFC])\]\s"
    r"|\[(?P<tornado>[DIWECF]) \d"
    r"|(?P<ruby>[DIWEFA]), \[\d"
    r"|\((?P<qbittorrent>[NIWC])\) \d{4}-"
    # apt, kotlinc.
    r"|(?P<apt>[EWN]|[ew]): \S"
    r"|(?P<fetching>E)rr:\d+ "
    r")"
)
_GLOG = re.compile(r"([IWEFDV])(?:\d{4}|\d{8}) \d\d:\d\d:\d+(?:\.\d+)?\s")
_PRIORITY = re.compile(r"<(\d{1,3})>(?!\s*$)")
_XORG = re.compile(r"(?:\[[\s\d.]+\] )?\((EE|WW|II)\) ")
_REDIS = re.compile(rf"(?:\d+:[A-Z]|\[\d+\]) \d+ \w{{3}} (?:\d{{4}} )?{_CLOCK}(?:\.\d+)? ([.\-*#]) ")
_REDIS_MARKS = {".": "debug", "-": "debug", "*": "info", "#": "warn"}
_LINTER = re.compile(r"\s+\d+:\d+\s+(error|warning)\s")
_PAIR = re.compile(r"(?:^|[\s|])(?:level|lvl|severity|loglevel)=\"?(\w+)\"?(?=\s|$)")
_SYSLOG_LEVELS = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")

_PHRASE = re.compile(
    r"\s*(?:[|+]\s*)?(?:"
    r"Traceback \(most recent call last\)"
    r"|Exception in thread "
    r"|Unhandled exception"
    r"|Segmentation fault"
    r"|(?:docker: )?Error response from daemon"
    r"|PHP Parse error: "
    r"|thread '[^']{0,80}' (?:\(\d+\) )?panicked at "
    r"|g?make(?:\[\d+\])?: \*\*\* "
    r")"
)
_EXCEPTION = re.compile(
    r"\s*(?:E\s+|Uncaught |Caused by: |[^\s:]{1,200}:\d+: )?"
    r"(?:(?:[\w$]++\.)*+\w+?(Error|Exception|Warning|Interrupt)|(?:\w++\.)*?exceptions\.\w++)(?::(?=\s|$)|$)"
)


def level_of_shape(head: str) -> str | None:
    """The level in the header of a system that writes it as a letter, number or mark; None for any other."""
    first = head[:1]
    if first == "<":
        return _level_of_priority(head)
    letters = _LETTER_SHAPES.match(head)
    if letters is not None:
        return _level_of_letter(letters[letters.lastgroup or 0])
    glog = _GLOG.search(head)
    if glog is not None and head[glog.start() - 1 : glog.start()] in ("", " ", "]", ":", "|"):
        return _level_of_letter(glog[1])
    redis = _REDIS.match(head)
    if redis is not None:
        return _REDIS_MARKS[redis[1]]
    xorg = _XORG.match(head)
    return _level_of_letter(xorg[1][0]) if xorg is not None else None


def level_of_phrase(head: str) -> str | None:
    """The level of a line that opens with a well-known phrase, an exception's name or holds a `level=` pair."""
    if _PHRASE.match(head):
        return "error"
    if "rror" in head or "xception" in head or "arning" in head or "nterrupt" in head:
        exception = _EXCEPTION.match(head)
        if exception is not None:
            return "warn" if exception[1] == "Warning" else "error"
        linter = _LINTER.match(head)
        if linter is not None:
            return _level_of_letter(linter[1][0])
    if "=" in head:
        pair = _PAIR.search(head)
        if pair is not None:
            return levels.NAMES.get(levels.ALIASES.get(pair[1].lower(), 0))
    return None


def _level_of_letter(letter: str) -> str:
    return levels.NAMES[levels.parse(letter)]


def _level_of_priority(head: str) -> str | None:
    """`<34>` of syslog and systemd: the last three bits are the severity."""
    priority = _PRIORITY.match(head)
    if priority is None or int(priority[1]) > 191:
        return None
    return _SYSLOG_LEVELS[int(priority[1]) & 7]
