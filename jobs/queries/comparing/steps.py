"""The steps of two runs side by side, matched by name; of several with one name, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from jobs.models import Job, Step

MOST_STEPS = 5_000  # of each run

Key = tuple[str, int]  # the name, and how many steps before it have the same one


class StepSide(msgspec.Struct):
    id: str
    status: str
    duration_s: float | None  # until now, of one that runs; null before it starts
    counts: dict[str, int]


class StepPair(msgspec.Struct):
    """A step of this name in both runs, or in one of them."""

    name: str
    job: StepSide | None
    earlier: StepSide | None = msgspec.field(name="with")


def compared_steps(job: Job, earlier: Job, now: datetime) -> list[StepPair]:
    """In the order of the job; what only the earlier run has comes where it came there."""
    ours, theirs = (dict(keyed(each.steps.all()[:MOST_STEPS])) for each in (job, earlier))
    return [
        StepPair(key[0], *(side_of(steps.get(key), now) for steps in (ours, theirs)))
        for key in merged(list(ours), list(theirs))
    ]


def keyed(steps: Iterable[Step]) -> Iterator[tuple[Key, Step]]:
    seen: Counter[str] = Counter()
    for step in steps:
        yield (step.name, seen[step.name]), step
        seen[step.name] += 1


def merged(ours: Sequence[Key], theirs: Sequence[Key]) -> Iterator[Key]:
    """All of them: ours in order, each after what is only among theirs and before it."""
    place_of = {key: place for place, key in enumerate(theirs)}
    known, ahead = set(ours), 0
    for key in ours:
        for other in theirs[ahead : place_of.get(key, 0)]:
            if other not in known:
                yield other
        ahead = max(ahead, place_of.get(key, -1) + 1)
        yield key
    yield from (other for other in theirs[ahead:] if other not in known)


def side_of(step: Step | None, now: datetime) -> StepSide | None:
    if step is None:
        return None
    return StepSide(str(step.pk), step.status, seconds_of(step, now), step.counts)


def seconds_of(run: Job | Step, now: datetime) -> float | None:
    """How long it ran, or has been running at `now`."""
    if run.started_at is None:
        return None
    return max(0.0, ((run.finished_at or now) - run.started_at).total_seconds())
