"""The sign-in form: Django's, slowed down for clients that guess passwords."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from jobs import refused_requests
from jobs.web.throttle import Throttle

# A check of a password keeps a core busy for a third of a second, by design. Other requests need cores and threads too.
CHECKS_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
CHECKS_WAITING = 16
WAIT_FOR_A_CHECK_S = 10.0

TOO_SOON, BUSY = "too_soon", "busy"

throttle = Throttle()
_places = threading.BoundedSemaphore(CHECKS_AT_ONCE + CHECKS_WAITING)
_checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)


class SignInForm(AuthenticationForm):
    """`retry_after_s`: after a refusal, the seconds until a try may succeed; 0 for a wrong password."""

    retry_after_s = 0

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError, also for a right password that comes too soon after wrong ones."""
        self.take_a_try()
        with place_for_a_check() as has_place:
            if has_place:
                return self.check()
        throttle.take_back(self.name, self.address)
        raise self.later(BUSY, 5, "Many people are signing in just now. Try again in {}.")

    def check(self) -> dict[str, Any]:
        """Checks name and password. Raises ValidationError, and counts the refusal."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            refused_requests.count(refused_requests.SIGN_IN_REFUSED, self.address)
            raise
        throttle.succeeded(self.name, self.address)
        return cleaned

    def take_a_try(self) -> None:
        """Raises ValidationError when the next try of the name or address is not due yet."""
        wait_s = throttle.begin(self.name, self.address)
        if wait_s > 0:
            refused_requests.count(refused_requests.SIGN_IN_THROTTLED, self.address)
            words = "Too many sign-ins with this name or from your address have failed. Try again in {}."
            raise self.later(TOO_SOON, math.ceil(wait_s), words)

    def later(self, code: str, wait_s: int, words: str) -> ValidationError:
        self.retry_after_s = wait_s
        return ValidationError(words.format(in_words(wait_s)), code)

    @property
    def name(self) -> str:
        return str(self.cleaned_data.get("username", ""))

    @property
    def address(self) -> str:
        return "" if self.request is None else str(self.request.META.get("REMOTE_ADDR", ""))


@contextmanager
def place_for_a_check() -> Iterator[bool]:
    """Waits for a place and yields whether there is one. At most CHECKS_AT_ONCE blocks run at once."""
    if not _places.acquire(blocking=False):
        yield False
        return
    try:
        has_check = _checks.acquire(timeout=WAIT_FOR_A_CHECK_S)
        try:
            yield has_check
        finally:
            if has_check:
                _checks.release()
    finally:
        _places.release()


def in_words(seconds: int) -> str:
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
