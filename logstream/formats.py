"""How a feed's news are encoded: as the events that Quaero's own pages read, or as plain events.

The format is part of a feed's key, so each encoding is done once for all clients that asked for it (S2). There is one
object of each format, and it has no state of a client.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from jobs.models import EntryRecord
from jobs.models.record import wire_time
from jobs.queries.log_page import logs_payload
from jobs.queries.results import PlainEntry
from logstream.events import comment, event, message

DONE_ID = "done"  # of the last event: a client that comes back with it has had the end (S8)


class Format(ABC):
    """Encodes news as bytes, or as no bytes where the format has no event for them.

    `scanned_id` is the id up to which the client has all matching entries.
    """

    @abstractmethod
    def entries(
        self, records: Sequence[EntryRecord], total: int, displayed: int | None, has_more: bool, scanned_id: int
    ) -> bytes:
        """Entries, perhaps none, with the counts of the log and whether older ones match."""

    @abstractmethod
    def status(self, payload: bytes, scanned_id: int | None) -> bytes:
        """The state of the job; without an id where it comes before a client's first entries."""

    @abstractmethod
    def ping(self, scanned_id: int | None) -> bytes:
        """Keeps a quiet stream alive; never empty. Without an id in the middle of a reading."""

    @abstractmethod
    def done(self, status: str, exit_code: int | None) -> bytes:
        """The end: nothing follows."""

    def reset(self, reason: str) -> bytes:
        """The client must drop what it shows, and begin anew."""
        return event("reset", msgspec.json.encode({"reason": reason}))


class EventFormat(Format):
    """Named events: `status`, `logs`, `ping`, `reset`, `done`."""

    def entries(
        self, records: Sequence[EntryRecord], total: int, displayed: int | None, has_more: bool, scanned_id: int
    ) -> bytes:
        return event("logs", msgspec.json.encode(logs_payload(list(records), total, displayed, has_more)), scanned_id)

    def status(self, payload: bytes, scanned_id: int | None) -> bytes:
        return event("status", payload, scanned_id)

    def ping(self, scanned_id: int | None) -> bytes:
        return event("ping", msgspec.json.encode({"timestamp": wire_time(datetime.now(UTC))}), scanned_id)

    def done(self, status: str, exit_code: int | None) -> bytes:
        return event("done", msgspec.json.encode({"status": status, "exit_code": exit_code}), DONE_ID)


class PlainFormat(Format):
    """One event without a name for each entry, and `done`: a few lines of code in any language can read it.

    Each event has the id of its own entry, so a client that is cut off within a batch resumes exactly. Entries that
    do not match do not move the cursor; after a reconnect they are searched again.
    """

    KEEP_ALIVE = comment("ping")

    def entries(
        self, records: Sequence[EntryRecord], total: int, displayed: int | None, has_more: bool, scanned_id: int
    ) -> bytes:
        return b"".join([self.entry(record) for record in records]) or self.KEEP_ALIVE

    def entry(self, record: EntryRecord) -> bytes:
        plain = PlainEntry(record.timestamp, record.level, record.message)
        return message(msgspec.json.encode(plain), record.id)

    def status(self, payload: bytes, scanned_id: int | None) -> bytes:
        return b""

    def ping(self, scanned_id: int | None) -> bytes:
        return self.KEEP_ALIVE

    def done(self, status: str, exit_code: int | None) -> bytes:
        return event("done", b"{}", DONE_ID)


EVENTS = EventFormat()
PLAIN = PlainFormat()
