"""What strangers cause, counted: a line of the log for each kind and minute, whatever they send.

Whoever can reach the server can send it nonsense by the thousand. A record each would fill the database for
them, and hide what an operator should see.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

LOGGED_EVERY_S = 60.0
ADDRESSES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Kind:
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
    logged_at: float
    number: int = 0
    addresses: set[str] = field(default_factory=set)
    has_more_addresses: bool = False


class Tally:
    """Logs the first of a kind at once, and what follows when a minute is over."""

    def __init__(self) -> None:
        self._counts: dict[Kind, Count] = {}
        self._lock = threading.Lock()

    def count(self, kind: Kind, address: str = "") -> None:
        now = time.monotonic()
        with self._lock:
            count = self._counts.setdefault(kind, Count(now - LOGGED_EVERY_S))
            count.number += 1
            note_address(count, address)
            words = self._due(kind, count, now)
        self._say(words)

    def log_what_is_due(self) -> None:
        """What has been counted for a minute. To be called every few seconds."""
        now = time.monotonic()
        with self._lock:
            lines = [self._due(kind, count, now) for kind, count in self._counts.items() if count.number]
        for words in lines:
            self._say(words)

    def _due(self, kind: Kind, count: Count, now: float) -> str | None:
        if now - count.logged_at < LOGGED_EVERY_S:
            return None
        words = in_words(kind, count)
        self._counts[kind] = Count(now)
        return words

    def _say(self, words: str | None) -> None:
        if words is not None:  # outside of the lock: a handler may be slow
            logger.warning(words)


def note_address(count: Count, address: str) -> None:
    if len(count.addresses) < ADDRESSES_NAMED:
        count.addresses.add(address)
    elif address not in count.addresses:
        count.has_more_addresses = True


def in_words(kind: Kind, count: Count) -> str:
    words = f"1 {kind.one}" if count.number == 1 else f"{count.number:,} {kind.many} within a minute"
    named = sorted(filter(None, count.addresses))
    if not named:
        return words
    return f"{words}, from {', '.join(named)}{' and others' if count.has_more_addresses else ''}"


tally = Tally()
count = tally.count
log_what_is_due = tally.log_what_is_due


class CountingHandler(logging.Handler):
    """For the logger `django.security`, which has an error with a traceback for each such request."""

    def emit(self, record: logging.LogRecord) -> None:
        request = getattr(record, "request", None)
        address = "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
        count(BY_LOGGER.get(record.name, SUSPICIOUS), address)
