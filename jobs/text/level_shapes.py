"""Levels that are no word: a letter (logcat, glog), a number (syslog), a mark (Redis).

Anchored patterns over the beginning of a line; each is the whole header of one system or of a family of systems.
"""

from __future__ import annotations

import re

from jobs import levels
from jobs.text.level_values import SYSLOG_LEVELS
from jobs.text.level_words import level_of_spelling

_CLOCK = r"\d\d:\d\d:\d\d"
_DATE_TIME = rf"\d{{4}}[-/.]\d\d[-/.]\d\d[T ]{_CLOCK}\S*+"
# Android logcat's threadtime and Studio's.
_LOGCAT = (
    r"(?:\w+\s+)?\d+\s+\d+\s+(?P<threadtime>[VDIWEFA])\s"
    r"|\d+-\d+(?:/\S+)?\s+(?:\S+\s+\S+\s+)?(?P<studio>[VDIWEFA])[/ ]"
    r"|(?P<time>[VDIWEFA])/[^:]{1,80}?\(\s*\d+\): "
)
# MongoDB before 4.4, etcd before 3.4, TensorFlow; Telegraf; others with a name or brackets behind the letter.
_AFTER_TIME = (
    r"(?P<mongo>[DIWEFNC])\d?\s+(?:\||[A-Z]{2,}\s|\S+:\d+\])"
    r"|(?P<named>[DIWEFC])\s+(?:\[|[\w./-]{1,60}:\s)|(?P<telegraf>[DIWE])! "
)
_BOXED = r"\[(?P<boxed>[VDIWEFC])\]\s"
# Many lines begin with an ISO date; these are the shapes that such lines may have.
_LETTER_AFTER_ISO = re.compile(
    rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}\S*+(?: [+-]\d{{4}})?\s++(?:{_AFTER_TIME}|{_LOGCAT}|{_BOXED})"
)
_LETTER_SHAPES = re.compile(
    r"\s*+(?:"
    # Android logcat: with a time; brief, tag, process and thread formats.
    rf"\d\d-\d\d {_CLOCK}\.\d+(?: [+-]\d{{4}})?\s+(?:{_LOGCAT})"
    r"|(?P<brief>[VDIWEFA])(?:/[\w.$ -]{1,60}?)?\(\s*\d+(?::\s*\w+)?\)[: ]"
    rf"|(?:{_CLOCK}\S*\s+)?(?P<tag>[VDIWEFA])/[\w.$-]{{1,60}}\s*: "
    # ESP-IDF and ESPHome.
    r"|(?P<esp>[VDIWE]) \(\d{1,12}\) [\w.-]{1,60}: "
    rf"|(?:\[{_CLOCK}\S{{0,8}}\])?\[(?P<esphome>[VDICWE])V?\]\[[\w.]{{1,60}}:\d+\]"
    rf"|\[?(?:{_DATE_TIME}|{_CLOCK}\S*+)\s++(?:{_AFTER_TIME})"
    # A letter in brackets, perhaps after a time; Tornado and Jupyter, Ruby's Logger, qBittorrent, CUPS.
    rf"|[\d:.,TZ/+ -]*+{_BOXED}"
    r"|\[(?P<tornado>[DIWECF]) \d"
    r"|(?P<ruby>[DIWEFA]), \[\d"
    r"|\((?P<qbittorrent>[NIWC])\) \d{4}-"
    r"|(?P<cups>[DINWECA]) \[\d\d/\w{3}/\d{4}:"
    # WebSphere and SAP HANA.
    r"|\[\d\d?/\d\d?/\d\d,? \d\d?:\d\d:\d\d:\d{3} \w+\] [0-9a-fA-F]{8} [\w.$-]{1,60}\s+(?P<websphere>[WEFIDAOR])\s"
    rf"|\[\d+\]\{{-?\d+\}}\[[\d/-]+\] {_DATE_TIME} (?P<hana>[diwef]) "
    # apt, kotlinc.
    r"|(?P<apt>[EWN]|[ew]): \S"
    r"|(?P<fetching>E)rr:\d+ "
    # pytest, for the lines of a failure.
    r"|(?P<pytest>E) {3,8}(?!\d+$)\S"
    r")"
)
_FIRST_OF_LETTERS = frozenset("0123456789[(VDIWEFACNew") | {""}
# Letters for audit, the two standard streams and settings, which mean something else in other systems.
_OWN_LETTERS = {
    **{("websphere", letter): level for letter, level in (("A", "info"), ("O", "info"), ("R", "error"))},
    ("esphome", "C"): "info",
}
_GLOG = re.compile(r"([IWEFDV])(?:\d{4}|\d{6}|\d{8}) \d\d:\d\d:\d+(?:\.\d+)?\s")
_PRIORITY = re.compile(r"<(\d{1,3})>(?!\s*$)")
_XORG = re.compile(r"(?:\[[\s\d.]+\] )?\((EE|WW|II)\) ")
_REDIS = re.compile(rf"(?:\d+:[A-Z]|\[\d+\]) \d+ \w{{3}} (?:\d{{4}} )?{_CLOCK}(?:\.\d+)? ([.\-*#]) ")
_REDIS_MARKS = {".": "debug", "-": "debug", "*": "info", "#": "warn"}
# Words in places of their own: after a facility (dmesg, syslog-ng) or a program's name, in CSV, in Couchbase's header.
_WORD_SHAPES = re.compile(
    r"(?:"
    r"(?:kern|user|mail|daemon|auth|authpriv|syslog|lpr|news|uucp|cron|ftp|local\d)\s*[.:]\s?([a-z]{3,7})\s*: "
    rf"|[\w.-]{{1,60}}+:([a-z]{{4,8}})\s+{_DATE_TIME}"
    rf"|\[[\w.-]{{1,60}}+:([a-z]{{4,8}}),{_DATE_TIME}"
    rf"|\"{_DATE_TIME[:-4]}[^\"]{{0,24}}\",\"([A-Za-z]{{3,11}})\","
    r")"
)
_CEPH = re.compile(r"log \[([A-Z]{3})\] : ")


def level_of_shape(head: str) -> str | None:
    """The level in the header of a system that writes it as a letter, number or mark; None for any other."""
    if head[:1] == "<":
        return _level_of_priority(head)
    if head.lstrip()[:1] in _FIRST_OF_LETTERS:
        level = _level_of_letters(head)
        if level is not None:
            return level
    return _level_further_on(head) if ":" in head else None


def _level_of_letters(head: str) -> str | None:
    is_iso = head[4:5] == "-"
    letters = (_LETTER_AFTER_ISO if is_iso else _LETTER_SHAPES).match(head)
    if letters is not None:
        letter = letters[letters.lastgroup or 0]
        return _OWN_LETTERS.get((letters.lastgroup or "", letter)) or _level_of_letter(letter)
    if is_iso or head[:1].isalpha():
        return None
    redis = _REDIS.match(head)
    if redis is not None:
        return _REDIS_MARKS[redis[1]]
    xorg = _XORG.match(head) if head[:1] in ("[", "(") else None
    return _level_of_letter(xorg[1][0]) if xorg is not None else None


def _level_further_on(head: str) -> str | None:
    glog = _GLOG.search(head)
    if glog is not None and head[glog.start() - 1 : glog.start()] in ("", " ", "]", ":", "|"):
        return _level_of_letter(glog[1])
    word = _CEPH.search(head) if "log [" in head else _WORD_SHAPES.match(head)
    return level_of_spelling((word[word.lastindex or 0]).lower()) if word is not None else None


def _level_of_letter(letter: str) -> str:
    return levels.NAMES[levels.parse(letter)]


def _level_of_priority(head: str) -> str | None:
    """`<34>` of syslog and systemd: the last three bits are the severity."""
    priority = _PRIORITY.match(head)
    if priority is None or int(priority[1]) > 191:
        return None
    return SYSLOG_LEVELS[int(priority[1]) & 7]
