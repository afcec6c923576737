"""Downloads of logs: complete, as the filter shows them, in three formats; what cannot be completed breaks off."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.http import HttpResponse
from django.test import AsyncClient, Client

from jobs import lifecycle
from jobs.errors import Unauthenticated
from jobs.models import Job, Token
from jobs.recording import NewEntry
from jobs.recording import append as append_entries
from logstream import rights
from logstream.compression import accepts_gzip
from logstream.live import Live
from tests.live.conftest import append
from tests.live.serving import DEADLINE_S, Server
from tests.live.watching import in_thread

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def path_of(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs/download"


def headers_of(token: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", **more}


async def content_of(response: Any) -> bytes:
    return b"".join([part async for part in response])


async def download(token: str, path: str, **query: Any) -> bytes:
    response = await AsyncClient().get(path, query, headers=headers_of(token))
    assert response.status_code == 200, response.content
    return await content_of(response)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logstream.downloads.parts.PART_ENTRIES", 7)


def test_under_wsgi_all_entries_come_in_parts(narrow: None, job: Job, token: str) -> None:
    append(job, *[f"line {number}" for number in range(50)])
    answer = Client().get(path_of(job), {"format": "ndjson"}, headers=headers_of(token))
    parts = [*answer]  # type: ignore[misc]
    lines = [json.loads(line) for line in b"".join(parts).splitlines()]
    assert (len(parts), [entry["line"] for entry in lines]) == (8, list(range(1, 51)))


async def test_a_line_of_json_is_the_entry_as_pages_have_it(
    narrow: None, live_side: Live, job: Job, token: str
) -> None:
    await in_thread(append_entries, job, [NewEntry("\x1b[1mred\n\u2028", fields={"n": 7}), NewEntry("")] * 12)
    content = await download(token, path_of(job), format="ndjson")
    page = (await AsyncClient().get(f"/api/jobs/{job.pk}/logs", headers=headers_of(token))).json()
    assert [json.loads(line) for line in content.split(b"\n")[:-1]] == page["logs"]


async def test_text_is_as_tail_prints_it(live_side: Live, job: Job, token: str) -> None:
    step = await in_thread(lifecycle.add_step, job, "fetch")
    entries = [NewEntry("first\nsecond", "warn", NOON, step), NewEntry("\x07", "error", NOON, stream="stderr")]
    await in_thread(append_entries, job, entries)
    assert (await download(token, path_of(job))).decode().splitlines() == [
        "2026-01-31T12:00:00.000Z WARN  [fetch] | first",
        "                               | second",
        "2026-01-31T12:00:00.000Z ERROR ! \\a",
    ]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx"]


async def test_a_table_has_every_text_as_it_is_but_formulas(live_side: Live, job: Job, token: str) -> None:
    harmless = ["a,b", 'say "x"', "two\nlines", "", "né", " =1"]
    entries = [NewEntry(text, "info", NOON, source=text, fields={"=a": 7}) for text in [*harmless, *FORMULAS]]
    await in_thread(append_entries, job, entries)
    content = (await download(token, path_of(job), format="csv")).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["message"] for row in rows] == [*harmless, *(f"'{text}" for text in FORMULAS)]
    assert [row["source"] for row in rows] == [row["message"] for row in rows]
    assert (rows[0]["line"], rows[0]["timestamp"], rows[0]["step_id"]) == ("1", "2026-01-31T12:00:00.000000Z", "")
    assert json.loads(rows[0]["fields"]) == {"=a": 7}
    assert content.startswith("id,line,timestamp,level,")
    assert content.endswith("\r\n")


async def test_the_filter_and_descendants_decide_what_comes(
    narrow: None, live_side: Live, job: Job, token: str
) -> None:
    child = await in_thread(lifecycle.create_job, "child", parent=job)
    for number in range(30):
        await in_thread(append, child if number % 2 else job, f"line {number}", level="warn" if number % 3 else "info")

    async def found(path: str, **query: Any) -> list[str]:
        lines = (await download(token, path, format="ndjson", **query)).splitlines()
        return [json.loads(line)["message"] for line in lines]

    numbers = range(30)
    assert await found(path_of(job), search="9") == []
    assert await found(path_of(job), children=1, search="9") == ["line 9", "line 19", "line 29"]
    assert await found(path_of(job), level="warn") == [f"line {n}" for n in numbers if n % 3 and not n % 2]
    assert await found(path_of(job), children=1) == [f"line {n}" for n in numbers]
    assert await found("/api/service/logs/download", job=child.pk) == [f"line {n}" for n in numbers if n % 2]
    assert b"[child] | line 1" in await download(token, path_of(job), children=1)


async def test_a_running_jobs_log_ends_where_it_ended_when_it_was_asked_for(
    narrow: None, live_side: Live, job: Job, token: str
) -> None:
    await in_thread(append, job, *"abcdefghijkl")
    response = await AsyncClient().get(path_of(job), headers=headers_of(token))
    await in_thread(append, job, "later")
    content = await content_of(response)
    assert (content.count(b"\n"), b"later" in content) == (12, False)


async def test_nothing_is_a_file_too(live_side: Live, job: Job, token: str) -> None:
    assert await download(token, path_of(job)) == b""
    assert await download(token, path_of(job), format="csv", search="x") == (
        b"id,line,timestamp,level,stream,source,message,fields,job_id,job_name,step_id,step_name\r\n"
    )


async def test_who_accepts_gzip_gets_it(narrow: None, live_side: Live, job: Job, token: str) -> None:
    await in_thread(append, job, *["line"] * 20)
    asked = headers_of(token, **{"accept-encoding": "br, gzip;q=0.5"})
    response = await AsyncClient().get(path_of(job), headers=asked)
    assert (response["Content-Encoding"], response["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(await content_of(response)) == await download(token, path_of(job))


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "notgzip"])
def test_who_does_not_accept_it_does_not(header: str) -> None:
    assert not accepts_gzip(header)
    assert accepts_gzip("gzip")
    assert accepts_gzip("deflate, GZIP;q=1.0")


@pytest.mark.parametrize("name", ['né "x"\r\n../\u202e', "=1", "日本", ""])
def test_the_name_says_whose_log_it_is_and_is_one_everywhere(transactional_db: None, token: str, name: str) -> None:
    job = Job.objects.create(name=name, started_at=NOON)
    header = Client().get(path_of(job), {"format": "csv"}, headers=headers_of(token))["Content-Disposition"]
    simple, whole = header.removeprefix("attachment; filename=").split("; filename*=UTF-8''")
    assert simple.strip('"').endswith(f"-20260131-120000-{str(job.pk)[:8]}.csv")
    assert not set(simple[1:-1] + whole) & set(' "\\/\r\n;:')
    assert header.isascii()


async def test_head_has_the_headers_alone(live_side: Live, job: Job, token: str) -> None:
    response = await AsyncClient().head(path_of(job), headers=headers_of(token))
    assert isinstance(response, HttpResponse)
    assert (response.content, response["Content-Type"]) == (b"", "text/plain; charset=utf-8")


@pytest.mark.parametrize("query", ["format=xml", "limit=5", "level=eror"])
async def test_what_is_wrong_is_refused_before_anything_is_sent(job: Job, token: str, query: str) -> None:
    for path in (path_of(job), "/api/service/logs/download"):
        response = await AsyncClient().get(f"{path}?{query}", headers=headers_of(token))
        assert (response.status_code, response.json()["code"]) == (400, "bad_parameter")


async def test_a_download_is_open_as_a_stream_and_ends_as_one(
    narrow: None, live_side: Live, job: Job, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "LOOK_EVERY_S", 0.02)
    await in_thread(append, job, *["line"] * 50)
    response: Any = await AsyncClient().get(path_of(job), headers=headers_of(token))
    parts: AsyncIterator[bytes] = response.__aiter__()
    await anext(parts)
    [stream] = live_side.streams
    await in_thread(Token.objects.all().delete)
    async with asyncio.timeout(DEADLINE_S):
        while not stream.subscription.is_closed:
            await asyncio.sleep(0.01)
    with pytest.raises(Exception, match="may not read any more"):
        await anext(parts)
    assert not live_side.streams


def test_under_wsgi_it_ends_with_the_right_to_read_too(
    narrow: None, job: Job, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logstream.downloads.views.LOOK_EVERY_S", 0)
    append(job, *["line"] * 50)
    parts = iter(Client().get(path_of(job), headers=headers_of(token)))  # type: ignore[call-overload]
    next(parts)
    Token.objects.all().delete()
    with pytest.raises(Unauthenticated):
        list(parts)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("loss", ["deletion", "stop of the server"])
async def test_what_cannot_be_completed_does_not_look_complete(
    server: Server, token: str, job: Job, encoding: str, loss: str
) -> None:
    noise = [str(hash((n, k))) * 50 for n in range(200) for k in range(100)]
    for begin in range(0, len(noise), 1000):
        await in_thread(append, job, *noise[begin : begin + 1000])
    headers = headers_of(token, **{"accept-encoding": encoding})
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=DEADLINE_S, headers=headers) as client,
        client.stream("GET", path_of(job)) as response,
    ):
        parts = response.aiter_raw()
        await anext(parts)
        await (in_thread(job.delete) if loss == "deletion" else in_thread(server.stop))
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            async for _ in parts:
                pass
