"""A job of many steps: a client gets all of them once, then the changed ones, and all again after it lost some."""

from __future__ import annotations

from typing import Any

from jobs import lifecycle, recording
from jobs.models import Job, LogEntry, Step
from jobs.queries.rows import FEW_STEPS
from logstream.live import Live
from tests.live.conftest import append
from tests.live.sse import Event
from tests.live.watching import Watcher, in_thread, watch_family, watch_job

MANY = FEW_STEPS + 10


def add_steps(job: Job, count: int) -> list[Step]:
    return [lifecycle.add_step(job, f"step {number}") for number in range(count)]


def statuses_in(events: list[Event]) -> list[dict[str, Any]]:
    return [event.data for event in events if event.name == "status"]


def merged(events: list[Event]) -> dict[str, dict[str, Any]]:
    """The steps that a client of the stream has."""
    steps: dict[str, dict[str, Any]] = {}
    for status in statuses_in(events):
        if not status.get("partial"):
            steps.clear()
        steps |= {step["id"]: step for step in status["steps"]}
        assert len(steps) == status.get("steps_total", len(steps))
    return steps


def stored(job: Job) -> dict[str, tuple[str, int]]:
    return {str(step.pk): (step.status, step.counts["total"]) for step in job.steps.all()}


def known(steps: dict[str, dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {key: (step["status"], step["counts"]["total"]) for key, step in steps.items()}


async def until_known(watcher: Watcher, job: Job) -> None:
    wanted = await in_thread(stored, job)
    await watcher.until(lambda events: known(merged(events)) == wanted)


async def test_few_steps_are_all_sent_each_time(live_side: Live, job: Job) -> None:
    steps = await in_thread(add_steps, job, FEW_STEPS)
    watcher = await watch_job(job)
    await in_thread(lifecycle.finish_step, steps[0], "completed")
    await watcher.until(lambda events: events[-1].name == "status" and len(statuses_in(events)) == 2)
    assert len(watcher.events[-1].data["steps"]) == FEW_STEPS
    assert watcher.events[-1].data.keys() == {"job", "steps"}
    await watcher.leave()


async def test_of_many_steps_the_changed_ones_are_sent(live_side: Live, job: Job) -> None:
    steps = await in_thread(add_steps, job, MANY)
    watcher = await watch_job(job)
    [first] = statuses_in(watcher.events)
    assert (len(first["steps"]), first["steps_total"], "partial" in first) == (MANY, MANY, False)
    await in_thread(lifecycle.finish_step, steps[3], "failed")
    await watcher.until(lambda events: len(statuses_in(events)) == 2)
    news = statuses_in(watcher.events)[1]
    assert [(step["id"], step["status"]) for step in news["steps"]] == [(str(steps[3].pk), "failed")]
    assert (news["steps_total"], news["partial"]) == (MANY, True)
    await watcher.leave()


async def test_each_way_in_which_a_step_changes_is_sent(live_side: Live, job: Job) -> None:
    steps = await in_thread(add_steps, job, MANY)
    watcher = await watch_job(job)
    await in_thread(lifecycle.add_step, job, "one more")
    await in_thread(recording.append, job, [recording.NewEntry("inside", step=steps[1])])
    await in_thread(LogEntry.objects.create, job=job, step=steps[2], message="by create")
    await in_thread(lifecycle.finish_step, steps[4], "failed")
    await until_known(watcher, job)
    await in_thread(LogEntry.objects.filter(step=steps[1]).delete)
    await until_known(watcher, job)
    steps[5].name = "renamed"
    await in_thread(steps[5].save)
    await watcher.until(lambda events: merged(events)[str(steps[5].pk)]["name"] == "renamed")
    await in_thread(steps[0].delete)
    await in_thread(lifecycle.set_progress, job, 50)
    await until_known(watcher, job)
    await in_thread(lifecycle.finish_job, job, "failed")
    sent = merged(await watcher.until_end())
    assert known(sent) == await in_thread(stored, job)


async def test_end_is_sent_to_early_and_to_late_clients(live_side: Live, job: Job) -> None:
    await in_thread(add_steps, job, MANY)
    early = await watch_job(job)
    await in_thread(lifecycle.finish_job, job, "completed")
    await early.until_end()
    late = await watch_job(job)
    await late.until_end()
    for watcher in (early, late):
        assert {step["status"] for step in merged(watcher.events).values()} == {"completed"}
    assert [len(status["steps"]) for status in statuses_in(late.events)] == [MANY, 0]


async def test_client_that_fell_behind_misses_no_step(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 2, 0.0
    steps = await in_thread(add_steps, job, MANY)
    slow, quick = await watch_job(job), await watch_job(job)
    slow.may_read.clear()
    for number, step in enumerate(steps[:5]):
        await in_thread(lifecycle.finish_step, step, "completed")
        await in_thread(append, job, str(number))
        await quick.until_lines(number + 1)
    await until_known(quick, job)
    assert live_side.lagging_count() == 1
    slow.may_read.set()
    await until_known(slow, job)
    for watcher in (slow, quick):
        await watcher.leave()


async def test_client_that_fell_behind_before_the_end_misses_no_step(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 1, 0.0
    await in_thread(add_steps, job, MANY)
    slow, quick = await watch_job(job), await watch_job(job)
    slow.may_read.clear()
    for number in range(4):
        await in_thread(append, job, str(number))
        await quick.until_lines(number + 1)
    await in_thread(lifecycle.finish_job, job, "completed")
    await quick.until_end()
    slow.may_read.set()
    assert {step["status"] for step in merged(await slow.until_end()).values()} == {"completed"}


async def test_steps_of_a_family_are_sent_alike(live_side: Live, job: Job) -> None:
    steps = await in_thread(add_steps, job, MANY)
    watcher = await watch_family(job)
    await in_thread(lifecycle.finish_step, steps[3], "failed")
    await watcher.until(lambda events: len(statuses_in(events)) > 1)
    assert [step["status"] for step in statuses_in(watcher.events)[1]["steps"]] == ["failed"]
    await until_known(watcher, job)
    await watcher.leave()


async def test_only_changed_steps_are_read(live_side: Live, job: Job) -> None:
    steps = await in_thread(add_steps, job, MANY)
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    readings = []
    keep = feed.run_status.steps.keep  # type: ignore[attr-defined]
    feed.run_status.steps.keep = lambda reading: readings.append(len(reading.rows)) or keep(reading)  # type: ignore[attr-defined]
    for step in steps[:3]:
        await in_thread(lifecycle.finish_step, step, "completed")
    await until_known(watcher, job)
    assert max(readings, default=MANY) <= 4
    await watcher.leave()
