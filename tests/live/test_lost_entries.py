"""A client that catches up while entries are deleted gets `reset` and everything anew, never a short log and `done`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.db import transaction

from jobs import lifecycle
from jobs.models import Job, LogEntry
from jobs.queries import START, Filter
from logstream.live import Live
from logstream.registry import SERVICE, Topic, family_topic, job_topic
from logstream.streams import LogRequest, log_stream
from tests.live.conftest import append
from tests.live.sse import Event, lines_of, names_of
from tests.live.watching import VIEWER, Watcher, in_thread

LINES = 5000


@pytest.fixture
async def finished(job: Job) -> Job:
    await in_thread(append, job, *[f"line {number}" for number in range(1, LINES + 1)])
    await in_thread(lifecycle.finish_job, job, "completed")
    return job


def topic_and_filter(kind: str, job: Job) -> tuple[Topic, Filter]:
    if kind == "family":
        return family_topic(job.pk), Filter(family=job.pk)
    return (job_topic(job.pk) if kind == "job" else SERVICE), Filter()


async def read_with(
    live_side: Live, kind: str, job: Job, loss: Callable[[Job], object], wanted: Filter | None = None
) -> list[Event]:
    """The events for a client that has read a page when this loss happens."""
    topic, usual = topic_and_filter(kind, job)
    watcher = Watcher(log_stream(live_side, LogRequest(topic, wanted or usual, VIEWER, 100, START)))
    await watcher.until_lines(1)
    watcher.may_read.clear()
    await asyncio.sleep(0)
    await in_thread(loss, job)
    watcher.may_read.set()
    if kind == "service":
        events = await watcher.until(lambda events: lines_of(after_reset(events))[-1:] == [LINES])
        await watcher.leave()
        return events
    return await watcher.until_end()


def after_reset(events: list[Event]) -> list[Event]:
    names = names_of(events)
    return events[len(names) - names[::-1].index("reset") :] if "reset" in names else []


def prune_most(job: Job) -> None:
    LogEntry.objects.filter(job=job, line__lte=4500).prune()


def delete(job: Job) -> None:
    Job.objects.get(pk=job.pk).delete()


def delete_half(job: Job) -> None:
    """A deletion that is still going on."""
    job.entries.filter(line__lte=4500).delete_with_job()


@pytest.mark.parametrize("kind", ["job", "family", "service"])
async def test_what_is_left_of_a_pruned_log_follows_a_reset(live_side: Live, finished: Job, kind: str) -> None:
    events = await read_with(live_side, kind, finished, prune_most)
    (reset,) = (event for event in events if event.name == "reset")
    assert reset.data == {"reason": "pruned"}
    assert lines_of(after_reset(events)) == list(range(4501, LINES + 1))


@pytest.mark.parametrize("kind", ["job", "family"])
async def test_a_deletion_that_goes_on_is_noticed_too(live_side: Live, finished: Job, kind: str) -> None:
    events = await read_with(live_side, kind, finished, delete_half)
    assert "reset" in names_of(events)
    assert lines_of(after_reset(events)) == list(range(4501, LINES + 1))


@pytest.mark.parametrize("kind", ["job", "family"])
async def test_a_deleted_log_ends_with_reset_and_without_done(live_side: Live, finished: Job, kind: str) -> None:
    events = await read_with(live_side, kind, finished, delete)
    assert events[-1].name == "reset"
    assert events[-1].data == {"reason": "deleted"}
    assert "done" not in names_of(events)


async def test_a_filtered_reading_is_no_exception(live_side: Live, finished: Job) -> None:
    events = await read_with(live_side, "job", finished, delete, Filter(search="line"))
    assert names_of(events)[-1] == "reset"


async def test_what_was_read_before_it_went_needs_no_reset(live_side: Live, finished: Job) -> None:
    events = await read_with(
        live_side, "job", finished, lambda job: LogEntry.objects.filter(job=job, line__lte=500).prune()
    )
    assert "reset" not in names_of(events)
    assert lines_of(events) == list(range(1, LINES + 1))


async def test_a_feed_whose_entries_go_before_it_has_read_them_begins_anew(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "first")
    watcher = Watcher(log_stream(live_side, LogRequest(job_topic(job.pk), Filter(), VIEWER, 100)))
    await watcher.until_lines(1)

    def add_and_prune() -> None:
        with pytest.MonkeyPatch.context() as quiet:
            quiet.setattr("logstream.live._live", None)  # as from another process
            with transaction.atomic():  # no look of the feed comes between
                append(job, *[f"more {number}" for number in range(10)])
                LogEntry.objects.filter(job=job, line__lte=6).prune()

    await in_thread(add_and_prune)
    await watcher.until_event("reset")
    await watcher.until(lambda events: lines_of(after_reset(events)) == [7, 8, 9, 10, 11])
    await watcher.leave()
