"""What the parent does with its children, with small commands in the place of the real ones."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from quaero.serving import children, server
from quaero.serving.children import PIPE
from quaero.serving.listener import listen
from quaero.serving.server import Server, how_it_ended, pause_after

pytestmark = pytest.mark.slow

DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").close()
time.sleep(60)
"""
TIED = """
import sys, time
from quaero.serving.tether import stop_with_parent
stop_with_parent(int(sys.argv[1]))
time.sleep(60)
"""


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *arguments)


async def test_a_child_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "deaf"
    child = await children.start(*python(DEAF, str(mark)))
    while not mark.exists():
        await asyncio.sleep(0.02)
    await children.stop([child], within_s=0.1)
    assert await child.ended == -signal.SIGKILL


async def test_what_a_child_leaves_behind_goes_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = await children.start("sh", "-c", f"sleep 60 & echo $! > {note}")
    assert await child.ended == 0
    left = int(note.read_text())
    psutil.wait_procs([psutil.Process(left)] if psutil.pid_exists(left) else [], timeout=10)
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE


async def test_a_child_stops_when_the_pipe_closes() -> None:
    child = await children.start(*python(TIED, PIPE))
    os.close(child.pipe)
    child.pipe = os.open(os.devnull, os.O_RDONLY)  # for the child's own tidying up
    assert await asyncio.wait_for(child.ended, 20) == -signal.SIGTERM


async def test_no_child_holds_the_pipe_of_another(tmp_path: Path) -> None:
    first = await children.start(*python(TIED, PIPE))
    second = await children.start("sleep", "60")
    os.close(first.pipe)
    first.pipe = os.open(os.devnull, os.O_RDONLY)
    assert await asyncio.wait_for(first.ended, 20) == -signal.SIGTERM
    await children.stop([second], within_s=5)


async def test_a_web_process_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "web_command", lambda listener: python("raise SystemExit(3)"))
    monkeypatch.setattr(server, "pause_after", lambda crashes: 0.0)
    welcomed: list[bool] = []
    with listen("127.0.0.1", 0) as listener:
        assert await Server(listener, lambda: welcomed.append(True)).run() == 1
    assert welcomed == []
    assert "The web process does not start (exit code 3)." in caplog.text


async def test_a_signal_while_the_web_process_starts_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "web_command", lambda listener: ("sleep", "60"))
    with listen("127.0.0.1", 0) as listener:
        supervisor = Server(listener, lambda: None)
        running = asyncio.create_task(supervisor.run())
        while not supervisor.children:
            await asyncio.sleep(0.01)
        (web,) = supervisor.children
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert await asyncio.wait_for(running, 20) == 0
    assert web.process.returncode == -signal.SIGTERM


def test_pauses_grow_to_a_bound() -> None:
    assert [pause_after(crashes) for crashes in (1, 2, 3)] == [0.5, 1, 2]
    assert pause_after(1_000_000) == 30


def test_how_a_process_ended_is_said_in_words() -> None:
    assert how_it_ended(3) == "exit code 3"
    assert how_it_ended(-9) == "killed by SIGKILL"
