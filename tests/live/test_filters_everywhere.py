"""Each condition of the filter gives the same entries wherever a log can be read."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import AsyncClient, Client

from jobs import lifecycle
from jobs.models import Job
from jobs.queries import Log
from jobs.queries.parameters import JobLogQuery, filter_of
from jobs.recording import NewEntry
from jobs.recording import append as append_entries
from logstream.live import Live
from tests.admin.acting import lines_listed, signed_in
from tests.factories import NOON
from tests.live.sse import EventParser, lines_of
from tests.live.watching import in_thread

CONDITIONS: list[dict[str, str]] = [
    {"source": "app.db"},
    {"source": "app"},
    {"fields.shop": "7"},
    {"fields.shop": "7", "fields.http.status": "500"},
    {"from": "2026-01-31T12:04:00Z"},
    {"to": "2026-01-31T12:04:00Z"},
    {"from": "2026-01-31T12:02:00Z", "to": "2026-01-31T12:05:00Z", "source": "app.db"},
    {"first_line": "5"},
    {"last_line": "5", "stream": "stderr"},
    {"search": "LINE 1", "level": "warn"},
    {"source": "nowhere"},
    {"outside_steps": "1", "source": "app"},
]


@pytest.fixture
def job(transactional_db: None) -> Job:
    job = lifecycle.create_job("import")
    lifecycle.start_job(job, leased=False)
    step = lifecycle.add_step(job, "fetch")
    entries = [
        NewEntry(
            f"line {number}",
            "error" if number % 4 == 0 else "info",
            NOON + timedelta(minutes=number),
            step if number % 7 else None,
            stream="stderr" if number % 5 == 0 else "stdout",
            source="app.db" if number % 2 else "app",
            fields={"shop": number % 9, "http": {"status": 500 if number > 10 else 200}} if number % 3 else None,
        )
        for number in range(1, 20)
    ]
    append_entries(job, entries)
    lifecycle.finish_job(job, "completed")
    return job


@pytest.mark.parametrize("given", CONDITIONS, ids=str)
async def test_a_condition_means_the_same_everywhere(
    live_side: Live, job: Job, token: str, given: dict[str, str]
) -> None:
    log = await in_thread(lambda: Log(job.pk, filter_of(JobLogQuery.of(given), job.pk)))
    expected = [record.line for record in (await in_thread(log.after, log.place(0))).records]
    logs = f"/api/jobs/{job.pk}/logs"

    async def sent(path: str, **more: Any) -> bytes:
        headers = {"authorization": f"Bearer {token}"}
        response: Any = await AsyncClient().get(path, {**given, **more}, headers=headers)
        assert response.status_code == 200, response.content
        return b"".join([part async for part in response]) if response.streaming else response.content

    page = json.loads(await sent(logs))
    assert [entry["line"] for entry in page["logs"]] == expected
    assert page["meta"]["displayed_count"] == len(expected)
    assert lines_of(EventParser().feed(await sent(f"{logs}/stream"))) == expected
    downloaded = (await sent(f"{logs}/download", format="ndjson")).splitlines()
    assert [json.loads(line)["line"] for line in downloaded] == expected
    found = json.loads(await sent(f"{logs}/find", find="line", limit=100))["matches"]
    assert [match["line"] for match in found] == expected
    assert json.loads(await sent(f"{logs}/find/count", find="LINE"))["total"] == len(expected)
    assert json.loads(await sent(f"{logs}/place", index=0))["total"] == len(expected)
    assert await in_thread(tailed, given) == expected
    assert await in_thread(listed_in_admin, job, given) == expected


def tailed(given: dict[str, str]) -> list[int]:
    printed = io.StringIO()
    call_command("tail", "import", "--json", "--no-follow", *options_of(given), stdout=printed, stderr=io.StringIO())
    return [json.loads(line)["line"] for line in printed.getvalue().splitlines()]


def options_of(given: dict[str, str]) -> list[str]:
    def option_of(name: str, value: str) -> str:
        if name.startswith("fields."):
            return f"--field={name.removeprefix('fields.')}={value}"
        return f"--{name.replace('_', '-')}={value}"

    return [option_of(name, value) for name, value in given.items()]


IN_ADMIN = {"search": "q", "level": "level__gte", "stream": "stream__exact"}


def listed_in_admin(job: Job, given: dict[str, str]) -> list[int]:
    viewer = User.objects.get()
    client: Client = signed_in(viewer)
    asked = {IN_ADMIN.get(name, name): value for name, value in given.items()}
    return lines_listed(client, job__id__exact=str(job.pk), **asked)[::-1]
