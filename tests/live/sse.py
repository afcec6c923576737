"""Reads an event stream as a client does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Event:
    name: str
    data: Any
    id: str | None


@dataclass
class EventParser:
    """Feed it bytes as they come; it keeps the last id as a browser would."""

    last_id: str = ""
    retry_ms: list[int] = field(default_factory=list)
    _rest: bytes = b""

    def feed(self, data: bytes) -> list[Event]:
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        return [event for block in blocks if (event := self._parse(block.decode())) is not None]

    def _parse(self, block: str) -> Event | None:
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        if "retry" in fields:
            self.retry_ms.append(int(fields["retry"][0]))
        event_id = fields.get("id", [None])[-1]
        self.last_id = self.last_id if event_id is None else event_id
        if "data" not in fields:
            return None
        return Event(fields.get("event", ["message"])[0], json.loads("\n".join(fields["data"])), event_id)


def lines_of(events: list[Event]) -> list[int]:
    """The line numbers of all entries in the events, in their order."""
    return [entry["line"] for event in events if event.name == "logs" for entry in event.data["logs"]]


def messages_of(events: list[Event]) -> list[str]:
    return [entry["message"] for event in events if event.name == "logs" for entry in event.data["logs"]]


def names_of(events: list[Event]) -> list[str]:
    return [event.name for event in events]
