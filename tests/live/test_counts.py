"""Counts without a matching entry are sent too: within a second, and before the end."""

from __future__ import annotations

import pytest

from jobs import levels, lifecycle
from jobs.models import Job
from jobs.queries import Filter
from logstream.live import Live
from tests.live.conftest import append
from tests.live.sse import Event, names_of
from tests.live.watching import Watcher, in_thread, watch_family, watch_job, watch_service

NOTHING_MATCHES = {"search": "never said"}
ERRORS = {"level": levels.ERROR}


def total_in(events: list[Event]) -> int:
    return int([event for event in events if event.name == "logs"][-1].data["meta"]["total_count"])


async def watch(kind: str, job: Job, wanted: dict[str, object]) -> Watcher:
    if kind == "family":
        return await watch_family(job, wanted)
    filtered = Filter(**wanted)  # type: ignore[arg-type]
    return await (watch_job(job, filtered) if kind == "job" else watch_service(filtered))


@pytest.mark.parametrize("kind", ["job", "family", "service"])
@pytest.mark.parametrize("wanted", [NOTHING_MATCHES, ERRORS])
async def test_last_counts_come_without_further_news(
    live_side: Live, job: Job, kind: str, wanted: dict[str, object]
) -> None:
    watcher = await watch(kind, job, wanted)
    await in_thread(append, job, "first")
    await watcher.until(lambda events: total_in(events) == 1)
    for number in range(5):
        await in_thread(append, job, str(number))
    live_side.watch.end()  # without looks into the database, only news of this process
    await watcher.until(lambda events: total_in(events) == 6)
    await watcher.leave()


@pytest.mark.parametrize("kind", ["job", "family"])
async def test_last_counts_come_before_the_end(live_side: Live, job: Job, kind: str) -> None:
    watcher = await watch(kind, job, NOTHING_MATCHES)
    await in_thread(append, job, "first")
    await watcher.until(lambda events: total_in(events) == 1)
    await in_thread(append, job, "second")
    await in_thread(lifecycle.finish_job, job, "completed")
    assert total_in(await watcher.until_end()) == 2
    assert names_of(watcher.events)[-2:] == ["status", "done"]


async def test_counts_of_deleted_entries_are_taken_off(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "old", "new")
    watcher = await watch_job(job)
    await in_thread(lambda: job.entries.filter(line=1).delete())
    await in_thread(lifecycle.set_progress, job, 50)
    await watcher.until(lambda events: total_in(events) == 1)
    await watcher.leave()


@pytest.mark.parametrize("kind", ["job", "family"])
async def test_last_status_comes_without_further_news(live_side: Live, job: Job, kind: str) -> None:
    watcher = await watch(kind, job, {})
    for number in range(5):
        await in_thread(append, job, str(number))
    live_side.watch.end()
    await watcher.until(lambda events: events[-1].name == "status" and events[-1].data["job"]["last_line"] == 5)
    await watcher.leave()
