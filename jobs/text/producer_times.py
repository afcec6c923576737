"""The time in a log record, in any of the forms in which producers write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 1973  # Before it are zero times (Go's year 1, .NET's MinValue) and clocks that were never set.
_LONGEST_TIME = 64  # characters; a longer value is no time.
_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,20})?(?:[eE]\+?\d\d?)?")
# The text behind the clock, where RFC 3339 has only `Z` or `+01:00`. Go adds the zone's name and its own clock.
_ZONE = re.compile(
    r"\s*(?:Z|UTC|GMT|([+-]\d\d:?\d\d)(?: (?:UTC|GMT|Z|[A-Z]{3,5}|[+-]\d{2,4}))?)(?: m=[+-][\d.]+)?", re.I
)
_CLOCK = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?", re.I)


def parse_time(value: object) -> datetime | None:
    """A producer's time in UTC: RFC 3339, or seconds, milli-, micro- or nanoseconds since 1970; else None.

    A time without an offset is None too: its zone is unknown, and the moment of capture is right to the
    millisecond. So is a zero time, by which a producer says that it has none.
    """
    if isinstance(value, dict):
        return _nested_time(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > _LONGEST_TIME:
        return None
    if not isinstance(value, str):
        return _epoch_time(value)
    text = value.strip()
    if text[4:5] == "-":  # nearly all
        return _written_time(text)
    if _NUMBER.fullmatch(text) is None:
        return _written_time(text)
    return _epoch_time(int(text) if text.isdecimal() else float(text))


def _written_time(text: str) -> datetime | None:
    moment = _iso_time(text) or _iso_time(_as_iso(text))
    try:
        return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def _iso_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _as_iso(text: str) -> str:
    clock = _CLOCK.match(text)
    zone = _ZONE.fullmatch(text, clock.end()) if clock is not None else None
    return clock[0].replace("/", "-") + (zone[1] or "Z") if clock is not None and zone is not None else ""


def _nested_time(value: dict[str, object]) -> datetime | None:
    """log4j's {"epochSecond": 1, "nanoOfSecond": 2}, MongoDB's {"$date": ...}, loguru's {"timestamp": ...}."""
    seconds, nanos = value.get("epochSecond"), value.get("nanoOfSecond", 0)
    if isinstance(seconds, int) and isinstance(nanos, int):
        return parse_time(seconds * 10**9 + nanos)
    inner = value.get("$date") or value.get("timestamp")
    return None if isinstance(inner, dict) else parse_time(inner)


def _epoch_time(number: int | float) -> datetime | None:
    """The unit follows from the size: 1e8 to 1e11 are seconds from 1973 to 5138, and so on by thousands."""
    for microseconds, smallest in ((1_000_000, 10**8), (1_000, 10**11), (1, 10**14)):
        if smallest <= number < smallest * 1000:
            return _EPOCH + timedelta(microseconds=round(number * microseconds))
    if 10**17 <= number < 10**20:
        return _EPOCH + timedelta(microseconds=int(number) // 1000)
    return None
