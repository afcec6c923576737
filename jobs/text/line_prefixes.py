"""What carriers write before a program's line: the name of a container or a pod, a time, a syslog header.

The level of a plain line is looked for behind it. A record (JSON, logfmt) may follow more kinds of prefix, since its
own shape shows that it is one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from jobs.text.level_phrases import may_hold_a_level
from jobs.text.level_words import LEVEL_OF_WORD, MONTHS_AND_DAYS

LONGEST_PREFIX = 256
LONGEST_CONTAINER = 90  # characters that the name of a container and a bar take
MOST_SPACES = 4  # of a syslog header that begins with an ISO time
LONGEST_LEVEL_AHEAD = 1024  # characters of a line in which a logfmt record's level is looked for
MONTHS = frozenset(MONTHS_AND_DAYS)
STERNS_ARROW = "\u203a"
_NAME = r"[\w.@/-]{1,128}+"
_CLOCK = r"\d\d:\d\d:\d\d[\d.,:+-]{0,24}+Z?"
_ISO = rf"\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}(?: [+-]\d{{4}})?"
_BSD = rf"(?:{'|'.join(MONTHS_AND_DAYS)}) {{1,2}}\d{{1,2}} {_CLOCK}"
_ANY_BSD = rf"[A-Z][a-z]{{2}} {{1,2}}\d{{1,2}} {_CLOCK}"  # where the month is known to be one
_PRIORITY = r"(?:<\d{1,3}>)?"
_TAG = rf"{_NAME}(?:\[{_NAME}\])?:\s"
_POD = r"\[pod/[^\[\]\s]{1,200}\]\s"
_BUILD_STEP = r"#\d{1,4} \d{1,6}\.\d{1,3} "
_STERN = rf"{_NAME} {STERNS_ARROW} {_NAME} │ "
_CONTAINER = rf"(?:{_CLOCK} )?(?P<container>[A-Za-z][\w.-]{{0,63}}+)(?: {{2,64}}| )\|(?: |$)"
_CRI = rf"(?:{_ISO} (?:stdout|stderr) [FP] )"
_SYSLOG = rf"{_PRIORITY}(?:{_BSD}|{_ISO}) (?P<host>{_NAME}) (?P<tag>{_NAME})(?P<process>\[{_NAME}\])?:\s"
_SYSLOG_5424 = rf"<\d{{1,3}}>1 {_ISO} {_NAME} {_NAME} {_NAME} {_NAME} (?:-|\[[^\[\]]{{1,128}}\]) "

_CARRIED = re.compile(
    rf"(?P<foreign>(?:{_POD}|{_BUILD_STEP}|{_STERN}|{_CONTAINER}){_CRI}?|{_CRI})|{_SYSLOG}|{_SYSLOG_5424}"
)
# Before a record: brackets of any name, two names one of which is compound (stern), a time and a stream's name.
_NAMED = (
    rf"(?:{_POD}|{_BUILD_STEP}|{_STERN}|{_CONTAINER}|(?:\[{_NAME}\] ?){{1,2}}|\({_NAME}\) |{_NAME}(?::{_NAME})?:\s"
    rf"|(?=\S*\w-\w){_NAME} {_NAME} )"
)
_STAMP = rf"(?:<\d{{1,3}}>)?(?:{_BSD}|{_ISO}|\[{_ISO}\]|\[ {{0,12}}\d{{1,9}}\.\d{{1,9}}\]) "
# Most lines that begin with a time; a container's name does not.
_CARRIED_TIMED = re.compile(
    rf"(?P<container>(?!))?(?:(?P<foreign>{_CRI})|{_SYSLOG.replace(_BSD, _ANY_BSD).removeprefix(_PRIORITY)})"
)
_TIMED = rf"(?:{_CRI}|{_SYSLOG_5424}|{_STAMP}(?:(?:{_NAME} )?{_TAG}|(?=\S*[\d/-]){_NAME} )?)"
_BEFORE_A_RECORD = re.compile(rf"{_NAMED}?{_TIMED}?")
_TIMES = re.compile(rf"{_ISO}|{_BSD}|{_CLOCK}|(?<=\d )\d+\.\d+")
_FIRST_PAIR = re.compile(r"(?<=\s)[A-Za-z_@][\w.@/-]{0,63}=")


class Prefix(NamedTuple):
    """Where a carrier's prefix ends (0: there is none), and whether only the rest is the program's line.

    With a syslog header it is not: the tag is part of the line, as a logger's name is.
    """

    end: int
    is_foreign: bool
    found: re.Match[str] | None

    def owner(self) -> str:
        """The name under which records continue: the prefix without times and seconds, which differ in each line."""
        found = self.found
        if found is None:
            return ""
        if found["host"] is not None:
            return f"{found['host']} {found['tag']}{found['process'] or ''}"
        return _TIMES.sub("", found[0])


NO_PREFIX = Prefix(0, False, None)


def prefix_of(line: str) -> Prefix:
    """The prefix that a carrier wrote before `line`; NO_PREFIX where there is none."""
    carried = _carrier_of(line)
    found = None if carried is None else carried.match(line[:LONGEST_PREFIX])
    if found is None:
        return NO_PREFIX
    # `10:15:30 ERROR app.worker: text` is no syslog.
    if not LEVEL_OF_WORD.keys().isdisjoint(found.group("container", "host", "tag")):
        return NO_PREFIX
    return Prefix(found.end(), found["foreign"] is not None, found)


def _carrier_of(line: str) -> re.Pattern[str] | None:
    """The expression that a prefix of this line would match: a cheap check, as nearly all lines have none."""
    if line[4:5] == "-" and line[:4].isdigit():
        tag = line.find(": ", 0, LONGEST_PREFIX)
        may_be = tag > 0 and line.count(" ", 0, tag) <= MOST_SPACES
        return _CARRIED_TIMED if may_be or line.find(" std", 0, LONGEST_PREFIX) > 0 else None
    if line.find("|", 0, LONGEST_CONTAINER) >= 0 or line.startswith(("#", "<", "[pod/")):
        return _CARRIED
    if line[3:4] == " " and line[:3] in MONTHS and line.find(": ", 0, LONGEST_PREFIX) > 0:
        return _CARRIED_TIMED
    return None if line.isascii() or STERNS_ARROW not in line else _CARRIED


def record_start(line: str) -> int | None:
    """Where a record may begin behind a prefix: at a brace that the line's last one closes, or at the first `key=`."""
    head = line[:LONGEST_PREFIX]
    start = head.find("{")
    if start < 0 or not line.rstrip().endswith("}"):
        pair = _FIRST_PAIR.search(head) if may_hold_a_level(line[:LONGEST_LEVEL_AHEAD]) else None
        start = pair.start() if pair is not None else 0
    prefix = head[:start]
    return start if start > 0 and _BEFORE_A_RECORD.fullmatch(prefix) is not None else None
