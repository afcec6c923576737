"""A database that cannot be written is still read: with tokens and with sessions, pages and streams."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client

from jobs import lifecycle, token_uses
from jobs.access import caller_of_token
from jobs.models import Job, Token
from tests.factories import append_lines, make_token, make_user
from tests.live.serving import Server

pytestmark = [pytest.mark.django_db(transaction=True)]

LOCK_IS_PATIENT_S = 30.0  # so long a writer waits: what is answered sooner has not written


@pytest.fixture
def viewer(transactional_db: None) -> User:
    return make_user("viewer", "Quaero viewers")


@pytest.fixture
def job(viewer: User) -> Job:
    job = lifecycle.create_job("import")
    append_lines(job, 3)
    return job


@contextmanager
def write_locked() -> Iterator[None]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def credentials_of(user: User) -> list[dict[str, str]]:
    browser = Client()
    browser.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    return [{"Authorization": f"Bearer {make_token(user)}"}, {"Cookie": cookie}]


def read_all(server: Server, job: Job, headers: dict[str, str]) -> None:
    """Pages, and the beginning of several streams at the same time."""
    with (
        httpx.Client(base_url=server.url, headers=headers, timeout=LOCK_IS_PATIENT_S / 2) as client,
        ExitStack() as all_,
    ):
        for path in ("/api/jobs", f"/api/jobs/{job.pk}", f"/api/jobs/{job.pk}/logs", "/api/service/logs"):
            assert client.get(path).status_code == 200
        for path in (f"/api/jobs/{job.pk}/logs/stream", "/api/service/logs/stream", "/api/jobs/stream"):
            response = all_.enter_context(client.stream("GET", path))
            assert response.status_code == 200
            source = response.iter_text()
            assert any("event:" in text for text in source)


@pytest.mark.slow
def test_who_reads_does_not_wait_for_who_writes(viewer: User, job: Job) -> None:
    server = Server()
    server.start()
    try:
        ways = credentials_of(viewer)
        with write_locked():
            for headers in ways:
                read_all(server, job, headers)
    finally:
        assert server.process is not None
        server.process.kill()


@pytest.mark.slow
def test_a_full_database_is_read(viewer: User, job: Job, tmp_path: Path) -> None:
    """On a copy of it that is for nobody to write, as a full disk is."""
    ways = credentials_of(viewer)
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON quaero_jobs_token BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
        )
    server = Server(environment={"DATABASE_URL": f"sqlite:///{copy}"})
    server.start()
    try:
        for headers in ways:
            read_all(server, job, headers)
    finally:
        assert server.process is not None
        server.process.kill()


def test_a_last_use_that_cannot_be_stored_is_kept_for_later(viewer: User) -> None:
    secret = make_token(viewer)
    with write_locked():
        caller_of_token(secret)
        token_uses.store()
        assert token_uses.last_uses.failures == 1
    assert Token.objects.get().last_used_at is None
    token_uses.store()
    assert Token.objects.get().last_used_at is not None
    assert token_uses.last_uses.failures == 0


def test_patience_is_as_before_afterwards(viewer: User) -> None:
    caller_of_token(make_token(viewer))
    token_uses.store()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (LOCK_IS_PATIENT_S * 1000,)


def refuse_writes(execute: Callable[..., object], sql: str, *arguments: object) -> object:
    if not sql.lstrip().startswith(("SELECT", "PRAGMA", "BEGIN DEFERRED", "COMMIT")):
        raise DatabaseError(f"disk is full: {sql[:60]}")
    return execute(sql, *arguments)


@pytest.mark.parametrize("way", [0, 1], ids=["token", "session"])
@pytest.mark.parametrize(
    "path",
    ["/", "/jobs/{job}/", "/workers/", "/api/jobs", "/api/jobs/{job}", "/api/jobs/{job}/logs", "/api/jobs/{job}/steps",
     "/api/jobs/{job}/tree", "/api/service/logs", "/api/result/{job}", "/api/executions", "/api/runnables",
     "/api/workers", "/api/streams/status"],
)  # fmt: skip
def test_no_answer_to_get_writes(viewer: User, job: Job, path: str, way: int) -> None:
    headers = credentials_of(viewer)[way]
    with connection.execute_wrapper(refuse_writes):
        response = Client().get(path.format(job=job.pk), headers=headers)
    assert response.status_code in (200, 202, 302), response.content
