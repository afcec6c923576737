"""A real server process on the test's database, and clients of it over HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection

from jobs.models import Token
from tests.live.sse import Event, EventParser, lines_of

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_token() -> str:
    user = User.objects.create_user(f"user-{User.objects.count()}")
    user.groups.add(Group.objects.get(name="Quaero viewers"))
    return Token.issue(user, ["read"])[1]


@dataclass
class Server:
    """uvicorn with this installation; other processes write to its database."""

    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "SECRET_KEY": settings.SECRET_KEY,
            **self.environment,
        }
        command = [sys.executable, "-m", "uvicorn", "quaero.asgi:application", "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment)
        deadline = time.monotonic() + DEADLINE_S
        while not self._answers():
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(DEADLINE_S)

    @property
    def resources(self) -> psutil.Process:
        assert self.process is not None
        return psutil.Process(self.process.pid)


class HttpWatcher:
    """Reads a stream over HTTP until it is stopped."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.parser = EventParser()
        self.events: list[Event] = []
        self._source = response.aiter_bytes()
        self.has_ended = False

    async def until(self, condition: Callable[[list[Event]], bool]) -> list[Event]:
        async with asyncio.timeout(DEADLINE_S):
            while not condition(self.events):
                self.events += self.parser.feed(await anext(self._source))
        return self.events

    async def until_lines(self, count: int) -> list[int]:
        return lines_of(await self.until(lambda events: len(lines_of(events)) >= count))

    async def until_end(self) -> list[Event]:
        """Reads the rest; a connection that breaks off is an end too."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                async for data in self._source:
                    self.events += self.parser.feed(data)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            pass
        return self.events


@asynccontextmanager
async def watching(server: Server, path: str, token: str = "", **headers: str) -> AsyncIterator[HttpWatcher]:
    all_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        all_headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=DEADLINE_S) as client,
        client.stream("GET", path, headers=all_headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield HttpWatcher(response)
