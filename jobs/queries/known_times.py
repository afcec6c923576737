"""Where a log gets to a time. Times are the producers' and rise nearly always, but no more than that."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models

from jobs.queries.filter import Filter
from jobs.queries.log import Log, Position
from jobs.queries.long_reads import Steps
from jobs.queries.trails import Following, Trails

EARLIEST = datetime.min.replace(tzinfo=UTC)

known_times: Trails[datetime] = Trails()


def before_time(own: Log, moment: datetime) -> Steps[Position]:
    """A place up to which all entries are earlier, and not far before the first that is not.

    `own`: in its own numbers (`long_reads.in_own_numbers`). All its entries are looked at, whether they match or not,
    but only once: what is remembered is the latest time up to each of many places.
    """
    whole = Log(own.job_id, Filter(step=own.filter.step, family=own.filter.family), own.names)
    mark = yield from following(whole).below(moment)
    return own.place(mark.place)


def following(own: Log) -> Following[datetime]:
    def within(low: Position, high: Position) -> datetime:
        latest: datetime | None = own.between(low, high).aggregate(latest=models.Max("timestamp"))["latest"]
        return latest or EARLIEST

    return Following(own, known_times, (own.job_id, own.filter), EARLIEST, within, max)
