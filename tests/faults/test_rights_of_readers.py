"""What a real server sends to readers who have lost their right, whoever took it from them, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client

from jobs import lifecycle
from jobs.models import Token
from tests.factories import ago, make_token, make_user
from tests.live.serving import Server, watching
from tests.live.watching import in_thread

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    server = Server(environment={"QUAERO_STREAM_PING_INTERVAL_S": "60"})  # which is not what ends anything
    server.start()
    yield server
    assert server.process is not None
    server.process.kill()
    server.process.wait()


@pytest.fixture
def viewer(transactional_db: None) -> User:
    return make_user("viewer", "Quaero viewers")


def expire_token() -> None:
    Token.objects.update(expires_at=ago(seconds=1))


def sign_out() -> None:
    Session.objects.all().delete()


def change_password() -> None:
    user = User.objects.get(username="viewer")
    user.set_password("another")
    user.save()


def leave_groups() -> None:
    User.objects.get(username="viewer").groups.clear()


def cookie_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


async def code_at_the_end(server: Server, path: str, headers: dict[str, str], loss: Callable[[], object]) -> str:
    async with watching(server, path, **headers) as watcher:
        await watcher.until(lambda events: bool(events) or bool(watcher.parser.retry_ms))
        await in_thread(loss)
        last = (await watcher.until_end())[-1]
    assert last.name == "refused"
    async with httpx.AsyncClient(base_url=server.url) as client:
        again = await client.get(path, headers=headers)
    assert again.status_code in (401, 403)  # so who tries again knows that it is over
    return str(last.data["code"])


@pytest.mark.parametrize(
    ("loss", "code"),
    [
        (expire_token, "bad_token"),
        (lambda: Token.objects.all().delete(), "bad_token"),
        (lambda: User.objects.update(is_active=False), "user_inactive"),
        (lambda: User.objects.all().delete(), "user_inactive"),
        (leave_groups, "permission_missing"),
        (lambda: Group.objects.all().delete(), "permission_missing"),
    ],
    ids=["expired", "revoked", "deactivated", "deleted", "without groups", "groups deleted"],
)
async def test_a_token_stream_ends(server: Server, viewer: User, loss: Callable[[], object], code: str) -> None:
    headers = {"Authorization": f"Bearer {await in_thread(make_token, viewer)}"}
    assert await code_at_the_end(server, "/api/jobs/stream", headers, loss) == code


@pytest.mark.parametrize(("loss", "code"), [(sign_out, "signed_out"), (change_password, "password_changed")])
async def test_a_session_stream_ends(server: Server, viewer: User, loss: Callable[[], object], code: str) -> None:
    headers = {"Cookie": await in_thread(cookie_of, viewer)}
    assert await code_at_the_end(server, "/api/service/logs/stream", headers, loss) == code


async def test_a_stream_opened_with_a_ticket_ends_with_what_issued_it(server: Server, viewer: User) -> None:
    job = await in_thread(lifecycle.create_job, "secret")
    path, token = f"/api/logs/{job.pk}", await in_thread(make_token, viewer)
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post("/api/tickets", json={"path": path}, headers={"Authorization": f"Bearer {token}"})
    with_ticket = f"{path}?ticket={answer.json()['ticket']}"
    assert await code_at_the_end(server, with_ticket, {}, lambda: Token.objects.all().delete()) == "bad_token"
