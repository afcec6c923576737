"""A large log of lines as services write them: rare words in few, common ones in many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from jobs import recording

BATCH = 5_000
BEGIN = datetime(2026, 1, 31, tzinfo=UTC)
RARE, SOME, COMMON = "rareword", "needle", "basket"
SOME_EVERY, COMMON_EVERY, LEVELS = 520, 2, ("info",) * 9 + ("warn",)


def fill(job_id: UUID, lines: int) -> None:
    for begin in range(0, lines, BATCH):
        numbers = range(begin, min(begin + BATCH, lines))
        recording.append(job_id, [entry(number, lines) for number in numbers])


def entry(number: int, lines: int) -> recording.NewEntry:
    message = f"{number} GET /api/orders/{number % 977} 200 in {number % 89} ms: fourteen rows of the customer"
    for word, is_in in (
        (RARE, number == lines * 7 // 10),
        (SOME, number % SOME_EVERY == 3),
        (COMMON, number % COMMON_EVERY == 0),
    ):
        message += f" {word}" if is_in else ""
    return recording.NewEntry(message, LEVELS[number % 10], BEGIN + timedelta(milliseconds=100 * number))
