"""The times at places of a log, looked up by an index. A place is a line, or in the log of all jobs an id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from django.db import connection

from jobs.models import Job
from jobs.queries.log import Log
from jobs.queries.parts import in_parts
from jobs.queries.pictures.buckets import Span

PROBES = 400  # places that are looked at in a large log, evenly over all of it


class Moment(NamedTuple):
    """An entry's place, and its time."""

    place: int
    at: datetime


def moments_at(log: Log, places: Iterable[int]) -> list[Moment]:
    """Of the first entry at or after each place, one look-up in an index each. Filters do not count."""
    found: list[Moment] = []
    job = "" if log.job_id is None else "job_id = %s AND "
    for part in in_parts(sorted(set(places))):
        rows = ", ".join(["(%s)"] * len(part))
        sql = (
            f"WITH place(number) AS (VALUES {rows}) SELECT entry.{log.key}, entry.timestamp FROM place "  # noqa: S608
            f"JOIN quaero_jobs_logentry entry ON entry.id = (SELECT id FROM quaero_jobs_logentry "
            f"WHERE {job}{log.key} >= place.number ORDER BY {log.key} LIMIT 1)"
        )
        of_job = [] if log.job_id is None else [Job._meta.pk.get_db_prep_value(log.job_id, connection)]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*part, *of_job])
            found += [Moment(place, moment_of(value)) for place, value in cursor.fetchall()]
    return sorted(set(found))


def moment_of(value: str | datetime) -> datetime:
    """A time as the driver gives it: SQLite's is a text in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def probes_of(log: Log, low: int, high: int) -> list[Moment]:
    """Of PROBES entries, evenly in the places (low, high], the first and the last one among them."""
    width = high - low
    places = {low + 1 + (width - 1) * number // (PROBES - 1) for number in range(PROBES)}
    return [moment for moment in moments_at(log, places) if moment.place <= high]


def are_in_order(moments: Sequence[Moment]) -> bool:
    """Whether times rise with the places, as they do where one clock gives them."""
    return all(one.at <= other.at for one, other in pairwise(moments))


def span_of(moments: Sequence[Moment]) -> Span:
    times = [moment.at for moment in moments]
    return Span(min(times), max(times))


def between(probes: Sequence[Moment], first: datetime | None, last: datetime | None) -> tuple[int, int]:
    """(low, high]: the places where entries of this time are, as far as the probes show."""
    inside = [
        number
        for number, (_, at) in enumerate(probes)
        if (first is None or at >= first) and (last is None or at <= last)
    ]
    if not inside:  # between two probes, if anywhere
        after = next((number for number, (_, at) in enumerate(probes) if first is None or at >= first), len(probes))
        inside = [after, after - 1]
    low, high = probes[0].place - 1, probes[-1].place
    if inside[0] > 0:
        low = probes[inside[0] - 1].place - 1
    if inside[-1] + 1 < len(probes):
        high = probes[inside[-1] + 1].place
    return low, high


def places_before(log: Log, probes: Sequence[Moment], borders: Sequence[datetime]) -> list[int]:
    """For each border the place of the last entry before it, in a log whose `probes` are in order.

    Found by bisection, of all borders at once.
    """
    doubts = [doubt_of(probes, border) for border in borders]
    while middles := {(low + high) // 2 for low, high in doubts if high - low > 1}:
        known = dict(first_at(sorted(middles), moments_at(log, middles)))
        doubts = [halved(doubt, border, known) for doubt, border in zip(doubts, borders, strict=True)]
    return [low for low, _ in doubts]


Doubt = tuple[int, int]  # the entry at the lower place is before the border, that at the upper one is not


def doubt_of(probes: Sequence[Moment], border: datetime) -> Doubt:
    low, high = probes[0].place - 1, probes[-1].place + 1
    for place, at in probes:
        if at >= border:
            return low, place
        low = place
    return low, high


def first_at(places: Sequence[int], moments: Sequence[Moment]) -> Iterable[tuple[int, datetime | None]]:
    """The time of the first entry at or after each place; None: there is none."""
    ahead = iter(moments)
    moment = next(ahead, None)
    for place in places:
        while moment is not None and moment.place < place:
            moment = next(ahead, None)
        yield place, None if moment is None else moment.at


def halved(doubt: Doubt, border: datetime, known: dict[int, datetime | None]) -> Doubt:
    low, high = doubt
    middle = (low + high) // 2
    if middle not in known or high - low <= 1:
        return doubt
    at = known[middle]
    return (middle, high) if at is not None and at < border else (low, middle)
