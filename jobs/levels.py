"""Log levels: five of them, stored as small numbers in the order of their severity.

The numbers are Python's `logging` ones, so that a handler's record needs no table.
"""

from __future__ import annotations

from jobs.errors import Refusal

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50

NAMES: dict[int, str] = {DEBUG: "debug", INFO: "info", WARN: "warn", ERROR: "error", FATAL: "fatal"}
NUMBERS: dict[str, int] = {name: number for number, name in NAMES.items()}

ALIASES: dict[str, int] = {
    **NUMBERS,
    # Other names of the levels: syslog, log4j, Python, Go, systemd, java.util.logging, bunyan.
    **dict.fromkeys(("trace", "verbose", "fine", "finer", "finest", "dbg", "trc", "vrb"), DEBUG),
    **dict.fromkeys(("notice", "information", "informational", "log", "config", "inf", "ok", "success"), INFO),
    **dict.fromkeys(("warning", "wrn"), WARN),
    **dict.fromkeys(("err", "severe", "failure", "fail"), ERROR),
    **dict.fromkeys(("critical", "crit", "alert", "emerg", "emergency", "panic", "dpanic", "ftl"), FATAL),
    # logcat and glog write single letters.
    "v": DEBUG,
    "d": DEBUG,
    "t": DEBUG,
    "i": INFO,
    "n": INFO,
    "w": WARN,
    "e": ERROR,
    "f": FATAL,
    "c": FATAL,
    "a": FATAL,
    "s": FATAL,
}


class UnknownLevel(Refusal, ValueError):
    """A level that is no known name or number. The text says what is allowed."""

    code = "bad_value"

    def __init__(self, level: object) -> None:
        super().__init__(f"unknown level {level!r}: use one of {', '.join(NUMBERS)}")


def parse(level: str | int) -> int:
    """The stored number for a level's name (any case, any alias) or for a stored number.

    Raises UnknownLevel.
    """
    if isinstance(level, str):
        number = ALIASES.get(level) or ALIASES.get(level.strip().lower())
        if number is not None:
            return number
    elif not isinstance(level, bool) and level in NAMES:
        return level
    raise UnknownLevel(level)
