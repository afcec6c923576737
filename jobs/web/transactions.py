"""Views that decide on their transactions themselves, whatever a project has set with ATOMIC_REQUESTS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

V = TypeVar("V", bound=Callable[..., Any])


def outside_transactions(view: V) -> V:
    """For views that wait, which would see the database as it was when they began, and for async ones, which Django
    refuses to put into a transaction.
    """
    for alias in settings.DATABASES:
        transaction.non_atomic_requests(using=alias)(view)
    return view
