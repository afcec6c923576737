"""How the texts of parameters are read that several requests have."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime

from jobs.models.entry import utc
from jobs.storable import storable_text
from jobs.validation.query import Text

MAX_SEARCH = 1_000  # characters; SQLite refuses patterns of 50,000 bytes


def moment(text: str) -> datetime:
    """A time of RFC 3339 in UTC. Raises ValueError."""
    # The plus sign of a zone arrives as a space when the client did not encode the URL.
    parsed = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
    if parsed is None:
        raise ValueError(text)
    return utc(parsed)


def short_text(text: str) -> str:
    if len(text) > MAX_SEARCH:
        raise ValueError(text)
    return storable_text(text)


def id_of(what: str) -> Text:
    return Text(UUID, f"the id of a {what}", {"type": "string", "format": "uuid"})


A_TIME = Text(moment, "a time in RFC 3339, as 2026-01-31T12:00:00Z", {"type": "string", "format": "date-time"})
A_SHORT_TEXT = Text(short_text, f"at most {MAX_SEARCH} characters", {"type": "string"})
