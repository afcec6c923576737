"""Delays for sign-ins after failed ones. Kept in memory, so that strangers cannot cause writes, and bounded.

A name is delayed for one address at a time, so that a stranger cannot lock out its owner from another address. A whole
address is delayed only after very many failures, and for a shorter time, as many users may share one.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import dataclass

MOST_KEPT = 10_000
FORGOTTEN_AFTER_S = 15 * 60.0

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` failures cause no wait; each further one doubles it, from `first_wait_s` to `longest_wait_s`."""

    free: int
    first_wait_s: float
    longest_wait_s: float

    def wait_s(self, failures: int) -> float:
        """The seconds from the last failure to the next try."""
        beyond = failures - self.free
        return 0.0 if beyond < 0 else min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(beyond, 20))


OF_NAME = Pace(free=5, first_wait_s=15.0, longest_wait_s=FORGOTTEN_AFTER_S)
OF_ADDRESS = Pace(free=100, first_wait_s=5.0, longest_wait_s=30.0)


@dataclass(slots=True)
class FailedTries:
    number: int
    last_at: float


class Throttle:
    def __init__(self) -> None:
        self._failures: dict[Key, FailedTries] = {}  # the latest failure is last
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> float:
        """Takes one try and returns 0, or returns the seconds until the next try.

        A try counts as failed until it has succeeded, so many tries at once get no further than one after the other.
        """
        now = time.monotonic()
        with self._lock:
            paces = self._paces(name, address)
            wait_s = max(self._wait_s(key, pace, now) for key, pace in paces.items())
            if wait_s <= 0:
                for key in paces:
                    self._note(key, now)
            return max(0.0, wait_s)

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the name's failures. Of the address's, only this try: else a user could reset them while guessing."""
        self.take_back(name, address)
        of_name, _ = self._paces(name, address)
        with self._lock:
            self._failures.pop(of_name, None)

    def take_back(self, name: str, address: str) -> None:
        """Uncounts a try that was begun and not made."""
        with self._lock:
            for key in self._paces(name, address):
                if key in self._failures:
                    self._failures[key].number -= 1

    def _paces(self, name: str, address: str) -> dict[Key, Pace]:
        network = network_of(address)
        return {(network, name): OF_NAME, (network,): OF_ADDRESS}

    def _wait_s(self, key: Key, pace: Pace, now: float) -> float:
        failures = self._failures.get(key)
        if failures is None or now - failures.last_at > FORGOTTEN_AFTER_S:
            return 0.0
        return failures.last_at + pace.wait_s(failures.number) - now

    def _note(self, key: Key, now: float) -> None:
        failures = self._failures.pop(key, None)
        if failures is None or now - failures.last_at > FORGOTTEN_AFTER_S:
            failures = FailedTries(0, now)
        self._failures[key] = FailedTries(failures.number + 1, now)
        while len(self._failures) > MOST_KEPT:
            del self._failures[next(iter(self._failures))]


def network_of(address: str) -> str:
    """`address`; for IPv6 its /64 network, which one customer has for all machines."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
