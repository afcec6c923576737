"""The time that a log record carries, whichever way its producer wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TIME = 64  # characters; what is longer is no time and need not be looked at.


def parse_time(value: object) -> datetime | None:
    """A producer's time in UTC: RFC 3339, or seconds, milli-, micro- or nanoseconds since 1970; else None.

    A time without an offset is None too: nobody can tell which zone it means, and the moment of capture is
    right to the millisecond.
    """
    if isinstance(value, dict):
        return _nested_time(value)
    if isinstance(value, str) and not value.isdecimal():
        return _rfc3339(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > _LONGEST_TIME:
        return None
    return _epoch_time(int(value) if isinstance(value, str) else value)


def _rfc3339(text: str) -> datetime | None:
    if len(text) > _LONGEST_TIME:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(",", "."))
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
