"""The stream of a job with its descendants, while they appear, log and end."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import AsyncClient

from jobs import levels, lifecycle, recording
from jobs.models import Job, LogEntry
from jobs.queries import START, Filter, Log
from jobs.queries.cursors import position_of
from logstream.feeds.family import FamilyFeed
from logstream.feeds.family_state import FamilyState, Pulse
from logstream.live import Live
from tests.live.conftest import append
from tests.live.serving import ROOT, Server, watching
from tests.live.sse import Event, messages_of, names_of
from tests.live.watching import in_thread, watch_family, watch_job


def child_of(parent: Job, name: str = "child") -> Job:
    child = lifecycle.create_job(name, parent=parent)
    lifecycle.start_job(child, leased=False)
    return child


def ids_in(events: list[Event]) -> list[int]:
    return [entry["id"] for event in events if event.name == "logs" for entry in event.data["logs"]]


def children_in(event: Event) -> dict[str, str]:
    return {child["name"]: child["status"] for child in event.data["children"]}


def stored(root: Job, **wanted: Any) -> list[int]:
    log = Log(root.pk, Filter(**wanted, family=root.pk))
    ids: list[int] = []
    while records := log.after(START if not ids else position_of(root.pk, ids[-1], with_children=True)).records:
        ids += [record.id for record in records]
    return ids


async def test_stored_entries_of_all_come_first_then_live_ones_in_the_order_of_ids(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    await in_thread(append, child, "of the child")
    await in_thread(append, job, "of the job")
    watcher = await watch_family(job)
    await in_thread(append, child, "live")
    await watcher.until_lines(3)
    assert messages_of(watcher.events) == ["of the child", "of the job", "live"]
    assert watcher.events[-1].data["logs"][0]["job_name"] == "child"
    assert watcher.events[-1].data["meta"]["total_count"] == 3
    await watcher.leave()


async def test_children_that_appear_are_sent_with_their_entries(live_side: Live, job: Job) -> None:
    watcher = await watch_family(job)
    assert watcher.events[0].data["children"] == []
    live_side.watch.end()  # only the news of this process
    child = await in_thread(child_of, job)
    grandchild = await in_thread(child_of, child, "grandchild")
    await in_thread(append, grandchild, "deep")
    await watcher.until_lines(1)
    await watcher.until(lambda events: events[-1].name == "status" and len(events[-1].data["children"]) == 2)
    rows = watcher.events[-1].data["children"]
    assert [(row["name"], row["parent"]) for row in rows] == [("child", str(job.pk)), ("grandchild", str(child.pk))]
    assert list(rows[0]) == [
        "id", "name", "kind", "status", "progress", "counts", "last_line", "started_at", "finished_at", "parent",
    ]  # fmt: skip
    await watcher.leave()


async def test_done_comes_when_all_have_ended_and_with_the_parents_status(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    watcher = await watch_family(job)
    await in_thread(lifecycle.finish_job, job, "failed", exit_code=3)
    await watcher.until(lambda events: events[-1].name == "status" and events[-1].data["job"]["status"] == "failed")
    await in_thread(append, child, "still there")
    await in_thread(lifecycle.finish_job, child, "completed")
    events = await watcher.until_end()
    assert names_of(events)[-3:] == ["logs", "status", "done"]
    assert events[-1].data == {"status": "failed", "exit_code": 3}
    assert (children_in(events[-2]), watcher.parser.last_id) == ({"child": "completed"}, "done")


async def test_family_that_has_ended_gives_entries_status_done(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    await in_thread(append, child, "one")
    for each in (child, job):
        await in_thread(lifecycle.finish_job, each, "completed")
    events = await (await watch_family(job)).until_end()
    assert names_of(events) == ["status", "logs", "status", "done"]
    assert messages_of(events) == ["one"]


async def test_status_never_overtakes_the_lines_before_it(live_side: Live, job: Job) -> None:
    live_side.batch_interval_s = 0.05
    watcher = await watch_family(job)
    for number in range(15):
        child = await in_thread(child_of, job, str(number))
        await in_thread(append, child, str(number))
        await in_thread(lifecycle.finish_job, child, "completed")
    await in_thread(lifecycle.finish_job, job, "completed")
    seen: set[str] = set()
    for event in await watcher.until_end():
        seen |= {entry["job_name"] for entry in event.data.get("logs", ())}
        if event.name == "status":
            assert {name for name, status in children_in(event).items() if status == "completed"} <= seen


async def test_strangers_are_looked_up_once_and_then_passed_over(live_side: Live, job: Job) -> None:
    stranger = await in_thread(child_of, await in_thread(lifecycle.create_job, "other family"))
    watcher = await watch_family(job)
    live_side.watch.end()
    [feed] = live_side.feeds.values()
    assert isinstance(feed, FamilyFeed)
    await in_thread(append, stranger, "theirs")
    async with asyncio.timeout(5):
        while stranger.pk not in feed._strangers:
            await asyncio.sleep(0.01)
    feed._wake.clear()
    await in_thread(append, stranger, "theirs")
    await in_thread(append, job, "ours")
    await watcher.until_lines(1)
    assert (messages_of(watcher.events), feed._news) == (["ours"], [])
    await watcher.leave()


async def test_counts_of_a_filter_are_those_of_the_family(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    await in_thread(append, child, "bad", level="error")
    for wanted, lines in (({"level": levels.ERROR}, 2), ({"search": "BAD"}, 2)):
        watcher = await watch_family(job, wanted)
        await in_thread(append, job, "good")
        await in_thread(append, child, "bad too", level="error")
        await watcher.until_lines(lines)
        meta = watcher.events[-1].data["meta"]
        total = await in_thread(LogEntry.objects.count)
        assert (meta["total_count"], meta["displayed_count"]) == (total, len(stored_errors := await in_thread(errors)))
        assert ids_in(watcher.events) == stored_errors
        await watcher.leave()
        await in_thread(LogEntry.objects.filter(message="bad too").delete)


def errors() -> list[int]:
    return list(LogEntry.objects.filter(level=levels.ERROR).order_by("id").values_list("id", flat=True))


async def test_step_of_a_child_can_be_watched(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    step = await in_thread(lifecycle.add_step, child, "build")
    watcher = await watch_family(job, {"step": step.pk})
    await in_thread(append, child, "outside")
    await in_thread(recording.append, child, [recording.NewEntry("inside", step=step)])
    await watcher.until_lines(1)
    assert messages_of(watcher.events) == ["inside"]
    assert watcher.events[-1].data["meta"]["total_count"] == 1
    await watcher.leave()


async def test_deleted_parent_ends_it_and_a_deleted_child_is_sent(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    watcher = await watch_family(job)
    await in_thread(child.delete)
    await watcher.until(lambda events: events[-1].name == "status" and events[-1].data["children"] == [])
    await in_thread(job.delete)
    events = await watcher.until_end()
    assert (events[-1].name, events[-1].data) == ("reset", {"reason": "deleted"})


async def test_cursor_that_went_with_its_child_goes_on(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    await in_thread(append, job, "kept")
    gone = (await in_thread(append, child, "gone", "gone too")).ids
    await in_thread(child.delete)
    watcher = await watch_family(job, since=gone[1])
    await in_thread(append, job, "new")
    await watcher.until_lines(1)
    assert messages_of(watcher.events) == ["new"]
    await watcher.leave()


async def test_counts_alone_are_sent_once_a_second_at_most(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    live_side.ping_interval_s = 60.0
    watcher = await watch_family(job)
    live_side.watch.end()  # so that only the feed's own timer makes it send the rest
    live_side.batch_interval_s = 0.0
    for number in range(20):
        await in_thread(append, child, str(number))
        await watcher.until_lines(number + 1)
    assert names_of(watcher.events).count("status") <= 2
    await watcher.until(
        lambda events: events[-1].name == "status" and events[-1].data["children"][0]["last_line"] == 20
    )
    await watcher.leave()


async def test_rows_of_all_are_read_once_a_second_while_only_counts_are_new(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = await in_thread(child_of, job)
    watcher = await watch_family(job)
    read, readings = FamilyState.read, list[Pulse]()
    monkeypatch.setattr(FamilyState, "read", lambda root, pulse: readings.append(pulse) or read(root, pulse))
    live_side.batch_interval_s = 0.0
    for number in range(10):
        await in_thread(append, child, str(number))
        await watcher.until_lines(number + 1)
    assert len(readings) <= 2
    await in_thread(lifecycle.finish_job, child, "completed")
    await watcher.until(
        lambda events: events[-1].name == "status" and children_in(events[-1]) == {"child": "completed"}
    )
    await in_thread(append, child, "late")
    await in_thread(lifecycle.finish_job, job, "completed")
    assert (await watcher.until_end())[-2].data["children"][0]["last_line"] == 11
    assert len(readings) < 10


async def test_slow_client_catches_up_from_the_database(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 2, 0.0
    slow, quick = await watch_family(job), await watch_family(job)
    slow.may_read.clear()
    for number in range(20):
        await in_thread(append, await in_thread(child_of, job), str(number))
        await quick.until_lines(number + 1)
    assert live_side.lagging_count() == 1
    slow.may_read.set()
    await slow.until_lines(20)
    assert messages_of(slow.events) == messages_of(quick.events) == [str(number) for number in range(20)]
    for watcher in (slow, quick):
        await watcher.leave()


async def grow(root: Job, jobs: int, seed: int) -> None:
    """A family that grows and logs from several threads at once, beside other jobs that log too, and then ends."""
    choose = random.Random(seed)
    family, strangers = [root], [await in_thread(lifecycle.create_job, "stranger")]

    async def live_once(number: int) -> None:
        child = await in_thread(child_of, choose.choice(family), f"job {number}")
        family.append(child)
        for round_ in range(4):
            level = choose.choice(("info", "error"))
            await in_thread(
                append, child, *[f"{number}.{round_}.{n}" for n in range(choose.randint(1, 3))], level=level
            )
            await in_thread(append, choose.choice((root, strangers[0])), f"beside {number}")
        await in_thread(lifecycle.finish_job, child, "completed")

    for begin in range(0, jobs, 4):
        await asyncio.gather(*(live_once(number) for number in range(begin, begin + 4)))
    await in_thread(lifecycle.finish_job, root, "completed", exit_code=0)


@pytest.mark.parametrize("wanted", [{}, {"level": levels.ERROR}, {"search": ".1"}])
async def test_reconnects_at_any_id_while_it_grows_lose_and_double_nothing(
    live_side: Live, job: Job, wanted: dict[str, Any]
) -> None:
    live_side.batch_interval_s = 0.01
    growing = asyncio.create_task(grow(job, 16, seed=len(wanted)))
    steady, seen, cursor = await watch_family(job, wanted, since=0), list[int](), 0
    while True:
        watcher = await watch_family(job, wanted, since=cursor)
        parts = random.randint(2, 6)
        with suppress(AssertionError):  # the stream ended
            await watcher.until(lambda events, parts=parts: len(events) >= parts)  # type: ignore[misc]
        seen += ids_in(watcher.events)
        if watcher.parser.last_id == "done":
            break
        cursor = int(watcher.parser.last_id or cursor)
        await watcher.leave()
    await growing
    assert seen == ids_in(await steady.until_end()) == await in_thread(stored, job, **wanted)
    assert len(seen) > 10


async def test_more_than_a_page_at_once_comes_complete_before_the_end(live_side: Live, job: Job) -> None:
    child = await in_thread(child_of, job)
    watcher = await watch_family(job)

    def write_and_end() -> None:
        with transaction.atomic():
            append(child, *[f"child {number}" for number in range(1300)])
            append(job, *[f"parent {number}" for number in range(1300)])
            for each in (child, job):
                lifecycle.finish_job(each, "completed")

    await in_thread(write_and_end)
    events = await watcher.until_end()
    assert ids_in(events) == await in_thread(stored, job)
    assert (len(ids_in(events)), names_of(events)[-3:]) == (2600, ["logs", "status", "done"])


async def test_joining_at_every_place_gives_the_same_entries(live_side: Live, job: Job) -> None:
    await grow(job, 8, seed=1)
    everything = await in_thread(stored, job)
    for _ in range(10):
        begin = random.randrange(len(everything))
        events = await (await watch_family(job, since=everything[begin])).until_end()
        assert ids_in(events) == everything[begin + 1 :]


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_client_that_has_had_the_end_of_all_gets_no_more(headers: dict[str, str], job: Job) -> None:
    child = await in_thread(child_of, job)
    await in_thread(lifecycle.finish_job, job, "completed")
    path, had = f"/api/jobs/{job.pk}/logs/stream", headers | {"last-event-id": "done"}
    assert (await AsyncClient().get(path, headers=had)).status_code == 204
    running = await AsyncClient().get(f"{path}?children=1", headers=had)
    assert running.status_code == 200
    await in_thread(lifecycle.finish_job, child, "completed")
    assert (await AsyncClient().get(f"{path}?children=1", headers=had)).status_code == 204


async def test_streams_with_and_without_children_count_for_their_job(
    live_side: Live, headers: dict[str, str], job: Job
) -> None:
    watchers = [await watch_family(job), await watch_job(job)]
    status = (await AsyncClient().get("/api/streams/status", headers=headers)).json()
    assert status["connections"]["jobs"] == {str(job.pk): {"sse": 2}}
    assert (status["active_streams"], status["active_users"]) == (2, 1)
    assert [(each["user"], each["topic"]) for each in status["active_sessions"]] == [("viewer", f"job:{job.pk}")] * 2
    for watcher in watchers:
        await watcher.leave()
    assert live_side.feeds == {}


def run_child(parent: UUID, script: str) -> subprocess.CompletedProcess[str]:
    """A `runjob` in a process of its own, started from within a job."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "QUAERO_JOB_ID": str(parent),
    }
    command = [sys.executable, "manage.py", "runjob", "--", "sh", "-c", script]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.slow
async def test_children_of_other_processes_are_live(live_side: Live, job: Job) -> None:
    watcher = await watch_family(job)
    nested = f"echo outer; {sys.executable} manage.py runjob -- sh -c 'echo inner; exit 4'; echo after"
    run = await asyncio.to_thread(run_child, job.pk, nested)
    assert run.returncode == 0, run.stderr
    await watcher.until(lambda events: {"outer", "inner", "after"} <= set(messages_of(events)))
    await in_thread(lifecycle.finish_job, job, "completed")
    events = await watcher.until_end()
    assert ids_in(events) == await in_thread(stored, job)
    assert sorted(children_in(events[-2]).values()) == ["completed", "failed"]


@pytest.mark.slow
async def test_real_server_gives_what_the_page_gives_over_a_restart(server: Server, token: str, job: Job) -> None:
    path = f"/api/jobs/{job.pk}/logs/stream?children=1&since=0"
    growing = asyncio.create_task(grow(job, 24, seed=7))
    async with watching(server, path, token) as watcher:
        await watcher.until(lambda events: len(ids_in(events)) >= 20)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    async with watching(server, path, token, Last_Event_ID=watcher.parser.last_id) as again:
        events = await again.until_end()
    await growing
    assert events[-1].name == "done"
    assert ids_in(watcher.events) + ids_in(events) == await in_thread(stored, job)
