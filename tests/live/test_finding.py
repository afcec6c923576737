"""Finding in a log over HTTP, and that it ends when its client has gone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient, Client

from jobs import lifecycle
from jobs.models import Job
from jobs.queries import Log, long_reads
from logstream.live import Live
from tests.live.conftest import append
from tests.live.watching import in_thread

SERVICE = "/api/service/logs/find"


def path_of(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs/find"


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def ids(job: Job) -> list[int]:
    return [*append(job, "one Word", "two", "a word, a word").ids, *append(job, "words", level="error").ids]


async def answer(path: str, headers: dict[str, str], status: int = 200, **query: Any) -> Any:
    response = await AsyncClient().get(path, query, headers=headers)
    assert response.status_code == status, response.content
    return response.json()


async def test_the_first_match_has_its_place_and_spans(
    live_side: Live, job: Job, ids: list[int], headers: dict[str, str]
) -> None:
    first = {"id": ids[0], "line": 1, "index": 0, "spans": [[4, 8]]}
    assert await answer(path_of(job), headers, find="word") == {"matches": [first], "has_more": True}
    third = {"id": ids[2], "line": 3, "index": 2, "spans": [[2, 6], [10, 14]]}
    assert (await answer(path_of(job), headers, find="word", since=ids[0]))["matches"] == [third]
    assert (await answer(path_of(job), headers, find="word", before=ids[3]))["matches"] == [third]
    assert (await answer(path_of(job), headers, find="word", case=1))["matches"] == [third]


async def test_the_filter_stays_and_indexes_are_those_within_it(
    live_side: Live, job: Job, ids: list[int], headers: dict[str, str]
) -> None:
    found = await answer(path_of(job), headers, find="w.*d", regex=1, level="error", limit=10)
    assert found == {"matches": [{"id": ids[3], "line": 4, "index": 0, "spans": [[0, 4]]}], "has_more": False}


async def test_the_count_and_the_rank(live_side: Live, job: Job, ids: list[int], headers: dict[str, str]) -> None:
    path = f"{path_of(job)}/count"
    assert await answer(path, headers, find="word", up_to=ids[2]) == {"total": 3, "rank": 2}
    assert await answer(path, headers, find="word") == {"total": 3, "rank": None}
    assert await answer(path, headers, find=r"\bword\b", regex=1, up_to=ids[1]) == {"total": 2, "rank": 1}


async def test_descendants_and_all_jobs_are_looked_through_too(
    live_side: Live, job: Job, ids: list[int], headers: dict[str, str]
) -> None:
    child = await in_thread(lifecycle.create_job, "child", parent=job)
    [of_child] = (await in_thread(append, child, "word of a child")).ids
    for path, query in ((path_of(job), {"children": 1}), (SERVICE, {})):
        found = await answer(path, headers, find="word", limit=9, **query)
        assert [match["id"] for match in found["matches"]] == [ids[0], ids[2], ids[3], of_child]
        assert await answer(f"{path}/count", headers, find="word", **query) == {"total": 4, "rank": None}
    assert (await answer(SERVICE, headers, find="word", job=child.pk))["matches"][0]["index"] == 0


@pytest.mark.parametrize(
    ("query", "code", "says"),
    [
        ({}, "bad_parameter", "find"),
        ({"find": "x" * 1001}, "bad_parameter", "at most 1000"),
        ({"find": "a(", "regex": 1}, "bad_expression", "missing )"),
        ({"find": "a", "regex": 2}, "bad_parameter", "1 or 0"),
        ({"find": "a", "limit": 1001}, "bad_parameter", "from 1 to 1000"),
        ({"find": "a", "since": 1, "before": 2}, "bad_parameter", "do not go together"),
        ({"find": "a", "levle": "info"}, "bad_parameter", "unknown parameter"),
    ],
)
async def test_what_is_wrong_is_refused(
    live_side: Live, job: Job, headers: dict[str, str], query: dict[str, Any], code: str, says: str
) -> None:
    for path in (path_of(job), SERVICE):
        body = await answer(path, headers, 400, **query)
        assert (body["code"], says in body["error"]) == (code, True)


async def test_looking_begins_with_an_entry_after_one_of_another_job(
    live_side: Live, job: Job, headers: dict[str, str]
) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    await in_thread(append, other, "theirs")
    [own] = (await in_thread(append, job, "a needle")).ids
    found = await answer(path_of(job), headers, find="needle", at=own)
    assert [match["id"] for match in found["matches"]] == [own]
    assert (await answer(path_of(job), headers, find="needle", since=own))["matches"] == []


async def test_entries_of_other_jobs_are_no_places_here(live_side: Live, job: Job, headers: dict[str, str]) -> None:
    other = await in_thread(lifecycle.create_job, "other")
    [foreign] = (await in_thread(append, other, "theirs")).ids
    for path, name in ((path_of(job), "since"), (path_of(job), "at"), (f"{path_of(job)}/count", "up_to")):
        assert (await answer(path, headers, 400, find="a", **{name: foreign}))["code"] == "cursor_of_another_job"


async def test_what_matches_everything_or_nothing_is_fine(
    live_side: Live, job: Job, ids: list[int], headers: dict[str, str]
) -> None:
    assert (await answer(f"{path_of(job)}/count", headers, find=".*", regex=1))["total"] == 4
    nothing = await answer(path_of(job), headers, find="$", regex=1)
    assert (nothing["matches"], "empty text" in nothing["note"]) == ([], True)


def test_a_wsgi_server_finds_the_same(job: Job, ids: list[int], headers: dict[str, str]) -> None:
    found = Client().get(path_of(job), {"find": "two"}, headers=headers).json()
    assert [match["line"] for match in found["matches"]] == [2]


@pytest.mark.parametrize("kind", ["find", "find/count"])
async def test_what_its_client_gives_up_ends_within_a_step(
    live_side: Live, job: Job, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for name in ("FIRST_WIDTH", "WIDEST", "NARROWEST"):
        monkeypatch.setattr(long_reads, name, 1)
    await in_thread(append, job, *["line"] * 300)
    loop, has_begun, gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    steps: list[int] = []
    between = Log.between

    def counted(self: Log, *places: Any) -> Any:
        steps.append(1)
        loop.call_soon_threadsafe(has_begun.set)
        return between(self, *places)

    monkeypatch.setattr(Log, "between", counted)
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError(f"sent to a client that has gone: {message}")

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": f"/api/jobs/{job.pk}/logs/{kind}", "query_string": b"find=nowhere", "root_path": "",
        "headers": [(b"host", b"testserver"), (b"authorization", headers["authorization"].encode())],
    }  # fmt: skip
    handler = ASGIHandler()
    serving = asyncio.create_task(handler(scope, receive, send))
    await has_begun.wait()
    gone.set()
    await serving
    live_side.client_pool.shutdown(wait=True)  # with the step that was under way
    made = len(steps)
    assert made < 250
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
