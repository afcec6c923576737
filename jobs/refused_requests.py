"""Counts refused requests, and logs one line for each kind and minute, however many there are.

Anyone who can reach the server can send thousands of bad requests. A log record for each would fill the database and
hide the records that operators should see.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

logger = logging.getLogger(f"quaero.{__name__}")

LOGGED_EVERY_S = 60.0
ADDRESSES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of refused request, in words for one and for many."""

    one: str
    many: str


NO_HTTP = Kind("connection that did not speak HTTP", "connections that did not speak HTTP")
UPGRADE = Kind("request for another protocol, as for a WebSocket", "requests for another protocol, as for a WebSocket")
LARGE_HEAD = Kind("request with too large a head", "requests with too large a head")
LARGE_BODY = Kind("request with too large a body", "requests with too large a body")
TOO_SLOW = Kind("request that did not come to its end", "requests that did not come to their end")
NO_ROOM = Kind("connection closed for want of room", "connections closed for want of room")
STREAM_REFUSED = Kind("stream refused, as all are taken", "streams refused, as all are taken")
UNKNOWN_HOST = Kind("request with a wrong Host", "requests with a wrong Host")
FORGED = Kind("request without the right CSRF token", "requests without the right CSRF token")
SUSPICIOUS = Kind("request that Django calls suspicious", "requests that Django calls suspicious")
BAD_TOKEN = Kind("request with an unknown or expired token", "requests with an unknown or expired token")
SIGN_IN_REFUSED = Kind("refused sign-in", "refused sign-ins")
SIGN_IN_THROTTLED = Kind("sign-in that came too soon after others", "sign-ins that came too soon after others")

BY_LOGGER = {"django.security.DisallowedHost": UNKNOWN_HOST, "django.security.csrf": FORGED}


@dataclass(slots=True)
class Count:
    """The requests of a kind since its last line in the log."""

    logged_at: float
    number: int = 0
    addresses: set[str] = field(default_factory=set)
    has_more_addresses: bool = False


class Tally:
    """Logs the first request of a kind at once, and the number of the following ones when a minute is over."""

    def __init__(self) -> None:
        self._counts: dict[Kind, Count] = {}
        self._lock = threading.Lock()

    def count(self, kind: Kind, address: str = "") -> None:
        """Counts a refused request, and logs it if it is the first of its kind for a minute."""
        now = time.monotonic()
        with self._lock:
            count = self._counts.setdefault(kind, Count(now - LOGGED_EVERY_S))
            count.number += 1
            note_address(count, address)
            line = self._due_line(kind, count, now)
        self._log(line)

    def log_due(self) -> None:
        """Logs the kinds that have been counted for a minute. Call it every few seconds."""
        now = time.monotonic()
        with self._lock:
            lines = [self._due_line(kind, count, now) for kind, count in self._counts.items() if count.number]
        for line in lines:
            self._log(line)

    def _due_line(self, kind: Kind, count: Count, now: float) -> str | None:
        if now - count.logged_at < LOGGED_EVERY_S:
            return None
        line = in_words(kind, count)
        self._counts[kind] = Count(now)
        return line

    def _log(self, line: str | None) -> None:
        if line is not None:  # outside of the lock: a handler may be slow
            logger.warning(line)


def note_address(count: Count, address: str) -> None:
    """Notes the address, ADDRESSES_NAMED at most."""
    if len(count.addresses) < ADDRESSES_NAMED:
        count.addresses.add(address)
    elif address not in count.addresses:
        count.has_more_addresses = True


def in_words(kind: Kind, count: Count) -> str:
    """The line for the log: the number of requests, and some of their addresses."""
    words = f"1 {kind.one}" if count.number == 1 else f"{count.number:,} {kind.many} within a minute"
    named = sorted(filter(None, count.addresses))
    if not named:
        return words
    return f"{words}, from {', '.join(named)}{' and others' if count.has_more_addresses else ''}"


tally = Tally()
count = tally.count
log_due = tally.log_due


class CountingHandler(logging.Handler):
    """Counts the records of the logger `django.security`, which writes an error with a traceback for each request."""

    def emit(self, record: logging.LogRecord) -> None:
        request = getattr(record, "request", None)
        address = "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
        count(BY_LOGGER.get(record.name, SUSPICIOUS), address)
