"""Streams are gzipped for who accepts it: once for all, and readable event by event by every kind of client."""

from __future__ import annotations

import asyncio
import http.client
import shutil
import zlib
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest
from django.test import AsyncClient, override_settings

from jobs import lifecycle
from jobs.models import Job
from logstream import compression, frames
from logstream.frames import GZIP
from logstream.live import Live
from tests.live.conftest import append
from tests.live.serving import DEADLINE_S, Server, watching
from tests.live.sse import messages_of, names_of
from tests.live.watching import Watcher, in_thread, watch_job

READ_IN_NODE = """
const [url, token] = process.argv.slice(-2);
const headers = {Authorization: `Bearer ${token}`};
const response = await fetch(url, {headers});
for await (const part of response.body) process.stdout.write(part);
"""


def log_path(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs/stream"


async def begin_of(response: Any) -> bytes:
    async with aclosing(aiter(response)) as parts:
        return bytes(await anext(parts))


async def test_a_gzipped_stream_says_what_a_plain_one_says(live_side: Live, job: Job) -> None:
    await in_thread(append, job, "stored")
    plain, gzipped = await watch_job(job), await watch_job(job, encoding=GZIP)
    for word in ("one", "two"):
        await in_thread(append, job, word)
        await plain.until(lambda events, word=word: word in messages_of(events))  # type: ignore[misc]
        await gzipped.until(lambda events, word=word: word in messages_of(events))  # type: ignore[misc]
    await in_thread(lifecycle.finish_job, job, "completed")
    assert await plain.until_end() == await gzipped.until_end()
    assert b"".join(plain.raw) == b"".join(gzipped.raw)


async def test_a_client_joins_in_the_middle(live_side: Live, job: Job) -> None:
    first = await watch_job(job, encoding=GZIP)
    await in_thread(append, job, "before")
    await first.until_lines(1)
    second = await watch_job(job, encoding=GZIP)
    await in_thread(append, job, "after")
    assert await second.until_lines(2) == [1, 2]
    for watcher in (first, second):
        await watcher.leave()


async def test_a_frame_is_compressed_once_for_all_clients(
    live_side: Live, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchers = [await watch_job(job, encoding=GZIP) for _ in range(3)]
    compressed: list[bytes] = []

    def noted(data: bytes) -> bytes:
        compressed.append(data)
        return compression.deflated(data)

    monkeypatch.setattr(frames, "deflated", noted)
    await in_thread(append, job, "shared")
    for watcher in watchers:
        await watcher.until_lines(1)
        await watcher.leave()
    assert sum(b"shared" in data for data in compressed) == 1


async def test_pings_and_last_words_are_compressed_too(live_side: Live, job: Job) -> None:
    live_side.ping_interval_s = 0.05
    watcher = await watch_job(job, encoding=GZIP)
    await watcher.until_event("ping")
    live_side.begin_closing()
    await watcher.until_end()
    assert len(watcher.parser.retry_ms) == 2


async def test_a_client_that_fell_behind_reads_on(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 3, 0.0
    slow, other = await watch_job(job, encoding=GZIP), await watch_job(job)
    slow.may_read.clear()
    for number in range(20):
        await in_thread(append, job, f"line {number}")
        await other.until_lines(number + 1)
    slow.may_read.set()
    assert await slow.until_lines(20) == list(range(1, 21))
    for watcher in (slow, other):
        await watcher.leave()


@pytest.mark.parametrize(
    "path", ["/api/jobs/{}/logs/stream", "/api/logs/{}", "/api/service/logs/stream", "/api/jobs/stream"]
)
@pytest.mark.parametrize(("accepted", "sent"), [("gzip", "gzip"), ("gzip;q=0", None), ("br", None), (None, None)])
async def test_who_accepts_gzip_gets_it(
    live_side: Live, job: Job, token: str, path: str, accepted: str | None, sent: str | None
) -> None:
    headers = {"authorization": f"Bearer {token}", **({"accept-encoding": accepted} if accepted else {})}
    response = await AsyncClient().get(path.format(job.pk), headers=headers)
    assert (response.headers.get("Content-Encoding"), response.headers["Vary"]) == (sent, "Accept-Encoding")
    begin = await begin_of(response)
    assert (zlib.decompressobj(wbits=31).decompress(begin) if sent else begin) == b"retry: 1000\n\n"


async def test_a_setting_turns_it_off(live_side: Live, job: Job, token: str) -> None:
    headers = {"authorization": f"Bearer {token}", "accept-encoding": "gzip"}
    with override_settings(QUAERO_STREAM_COMPRESSION="off"):
        response = await AsyncClient().get(log_path(job), headers=headers)
    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers
    assert await begin_of(response) == b"retry: 1000\n\n"


# Real clients. Each must have a line before the next one is logged.


@asynccontextmanager
async def reading(*command: str) -> AsyncIterator[Watcher]:
    """A program that prints the stream."""
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, limit=2**20)
    try:
        yield Watcher(output_of(process))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def output_of(process: Process) -> AsyncIterator[bytes]:
    assert process.stdout is not None
    while data := await process.stdout.read(65536):
        yield data
    await process.wait()


async def say_and_read(job: Job, watcher: Watcher) -> None:
    for count, word in enumerate(("one", "two", "three"), 1):
        await in_thread(append, job, word)
        assert await watcher.until_lines(count) == list(range(1, count + 1))
    await in_thread(lifecycle.finish_job, job, "completed")
    assert names_of(await watcher.until_end())[-1] == "done"


@pytest.mark.slow
async def test_curl_reads_it_live_and_to_its_end(server: Server, token: str, job: Job) -> None:
    address, right = f"{server.url}{log_path(job)}", f"Authorization: Bearer {token}"
    async with reading("curl", "-sSNf", "--compressed", "-H", right, address) as watcher:
        await say_and_read(job, watcher)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="node is missing")
async def test_node_reads_it_live_and_to_its_end(server: Server, token: str, job: Job) -> None:
    address = f"{server.url}{log_path(job)}"
    async with reading("node", "--input-type=module", "-e", READ_IN_NODE, "--", address, token) as watcher:
        await say_and_read(job, watcher)


@pytest.mark.slow
async def test_httpx_reads_it_live_and_to_its_end(server: Server, token: str, job: Job) -> None:
    async with watching(server, log_path(job), token) as watcher:
        assert watcher.response.headers["Content-Encoding"] == "gzip"
        for count, word in enumerate(("one", "two", "three"), 1):
            await in_thread(append, job, word)
            assert await watcher.until_lines(count) == list(range(1, count + 1))
        await in_thread(lifecycle.finish_job, job, "completed")
        assert names_of(await watcher.until_end())[-1] == "done"


@pytest.mark.slow
async def test_a_client_that_does_not_ask_reads_it_as_it_is(server: Server, token: str, job: Job) -> None:
    def read() -> bytes:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_S)
        client.request("GET", log_path(job), headers={"Authorization": f"Bearer {token}"})
        return client.getresponse().read()

    await in_thread(append, job, "one")
    await in_thread(lifecycle.finish_job, job, "completed")
    plain = await asyncio.to_thread(read)
    gzipped = httpx.get(f"{server.url}{log_path(job)}", headers={"Authorization": f"Bearer {token}"})
    assert gzipped.content == plain
