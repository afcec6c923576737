"""A thread that beats: what it survives, and when it ends."""

from __future__ import annotations

import logging
import threading

import pytest
from django.db import Error, InterfaceError, OperationalError

from jobs.running.heartbeat import Heartbeat
from tests.processes import eventually


@pytest.mark.parametrize("error", [OperationalError("locked"), InterfaceError("closed"), ValueError("unforeseen")])
def test_it_goes_on_whatever_a_beat_comes_to(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    beats, others = [0], [0]

    def beat() -> None:
        beats[0] += 1
        raise error

    def other() -> None:
        others[0] += 1

    heartbeat = Heartbeat("beats", 0.01, beat, other)
    heartbeat.start()
    eventually(lambda: beats[0] > 2 and others[0] > 2)
    heartbeat.stop()
    assert not heartbeat.is_alive
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert bool(logged) != isinstance(error, Error)  # of a database that fails, others complain


def test_it_ends_at_once_and_begins_no_further_duty() -> None:
    stopping, beats = threading.Event(), list[str]()

    def first() -> None:
        beats.append("first")
        stopping.set()
        stopped.wait(10)

    stopped = threading.Event()
    heartbeat = Heartbeat("beats", 3600, first, lambda: beats.append("second"))
    heartbeat.start()
    assert stopping.wait(10)
    heartbeat.stop(within_s=0)
    stopped.set()
    heartbeat.stop()
    assert beats == ["first"]


def test_it_may_wait_before_its_first_beat() -> None:
    beats: list[int] = []
    heartbeat = Heartbeat("beats", 0.01, lambda: beats.append(1), first_after_s=3600)
    heartbeat.start()
    heartbeat.stop()
    assert beats == []
