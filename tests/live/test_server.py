"""Streams of a real server: across processes, restarts and shutdown (promises S5, S6, S9, S10)."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack

import httpx
import pytest

from jobs import lifecycle
from jobs.models import Job
from tests.live.conftest import append
from tests.live.serving import Server, watching
from tests.live.sse import lines_of, messages_of
from tests.live.watching import in_thread

pytestmark = pytest.mark.slow


def log_path(job: Job, query: str = "") -> str:
    return f"/api/jobs/{job.pk}/logs/stream{query}"


async def test_entries_of_another_process_are_live(server: Server, token: str, job: Job) -> None:
    async with watching(server, log_path(job), token) as watcher:
        await watcher.until(lambda events: len(events) >= 2)
        for number in range(3):
            await in_thread(append, job, f"line {number}")
            await watcher.until_lines(number + 1)
        await in_thread(lifecycle.finish_job, job, "completed", exit_code=0)
        assert (await watcher.until_end())[-1].name == "done"


async def test_service_stream_hears_other_processes(server: Server, token: str, job: Job) -> None:
    async with watching(server, "/api/service/logs/stream", token) as watcher:
        await watcher.until(lambda events: len(events) >= 2)
        await in_thread(append, job, "from elsewhere")
        await watcher.until(lambda events: "from elsewhere" in messages_of(events))


async def test_job_list_hears_of_jobs_created_changed_and_deleted_elsewhere(server: Server, token: str) -> None:
    async with watching(server, "/api/jobs/stream", token) as watcher:
        await watcher.until(lambda events: bool(events))
        job = await in_thread(lifecycle.create_job, "elsewhere")
        await watcher.until(lambda events: events[-1].name == "job:created")
        await in_thread(lifecycle.start_job, job)
        await watcher.until(lambda events: events[-1].name == "job:updated")
        assert watcher.events[-1].data["status"] == "running"
        await in_thread(job.delete)
        await watcher.until(lambda events: events[-1].name == "job:deleted")


async def test_kill_9_in_the_middle_and_resume_lose_and_double_nothing(server: Server, token: str, job: Job) -> None:
    enough = asyncio.Event()

    async def write() -> int:
        written = 0
        while not enough.is_set():
            written = (await in_thread(append, job, "one", "two")).lines[-1]
            await asyncio.sleep(0.01)  # a pace at which a slow machine does not drown while the server starts
        await in_thread(lifecycle.finish_job, job, "completed")
        return written

    writing = asyncio.create_task(write())
    seen: list[int] = []
    last_id = ""
    for is_last in (False, False, True):
        headers = {"Last_Event_ID": last_id} if last_id else {}
        async with watching(server, log_path(job, "?since=0"), token, **headers) as watcher:
            await watcher.until_lines(20)
            if is_last:
                enough.set()
            else:
                server.send(signal.SIGKILL)
            seen += lines_of(await watcher.until_end())
            last_id = watcher.parser.last_id
        if not is_last:
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
    assert seen == list(range(1, await writing + 1))
    assert last_id == "done"


async def test_sigterm_ends_fifty_streams_with_a_time_to_come_back(server: Server, token: str, job: Job) -> None:
    async with AsyncExitStack() as stack:
        watchers = [await stack.enter_async_context(watching(server, log_path(job), token)) for _ in range(50)]
        for watcher in watchers:
            await watcher.until(lambda events: len(events) >= 2)
        began = time.monotonic()
        server.send(signal.SIGTERM)
        await asyncio.gather(*(watcher.until_end() for watcher in watchers))
        assert all(len(watcher.parser.retry_ms) == 2 for watcher in watchers)
        assert len({watcher.parser.retry_ms[1] for watcher in watchers}) > 20
        assert await asyncio.to_thread(server.stop) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 10  # not a measurement: it ends by itself


async def test_client_that_does_not_read_cannot_hold_up_the_shutdown(server: Server, token: str, job: Job) -> None:
    await in_thread(append, job, *["x" * 100_000] * 200)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**10)
    request = f"GET {log_path(job, '?since=0')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(request.encode())
    await reader.readexactly(1000)
    async with watching(server, log_path(job), token) as other:
        await other.until(lambda events: any(event.name == "ping" for event in events))
        server.send(signal.SIGTERM)
        await other.until_end()
    assert await asyncio.to_thread(server.wait) in (0, -signal.SIGTERM)
    writer.close()


async def test_idle_streams_hold_no_thread_and_no_database_handle(server: Server, token: str, job: Job) -> None:
    def handles() -> tuple[int, int]:
        process = server.resources
        files = [file.path for file in process.open_files() if file.path.endswith("sqlite3")]
        return process.num_threads(), len(files)

    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(watching(server, log_path(job), token))
        await one.until(lambda events: any(event.name == "ping" for event in events))
        with_one = handles()
        for _ in range(99):
            watcher = await stack.enter_async_context(watching(server, log_path(job), token))
            await watcher.until(lambda events: len(events) >= 2)
        await one.until(lambda events: sum(event.name == "ping" for event in events) >= 3)
        assert handles() == with_one


async def test_finished_stream_is_not_opened_again(server: Server, token: str, job: Job) -> None:
    await in_thread(lifecycle.finish_job, job, "completed")
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": "done"}
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get(log_path(job), headers=headers)).status_code == 204


async def test_headers_of_a_stream_keep_proxies_from_buffering(server: Server, token: str, job: Job) -> None:
    async with watching(server, log_path(job), token, Accept_Encoding="identity") as watcher:
        headers = watcher.response.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-cache, no-transform"
        assert headers["X-Accel-Buffering"] == "no"
        assert "Content-Encoding" not in headers
