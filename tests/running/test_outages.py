"""What a process tells of a database that is slow or away, and of what many may bring about at once."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.db import OperationalError

from jobs.running.workers.outages import SLOW_S, DatabaseWatch


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def fail() -> None:
    raise OperationalError("database is\nlocked")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watched(clock: Clock) -> Callable[[Callable[[], object]], object]:
    watch = DatabaseWatch("Worker a:1", clock)
    return lambda work: watch.watched(work)()


@pytest.fixture(autouse=True)
def all_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_an_outage_is_told_once_when_it_begins_and_once_when_it_is_over(
    watched: Callable[[Callable[[], object]], object], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        assert watched(fail) is None
        clock.now += 10
    assert watched(lambda: "there") == watched(lambda: "there") == "there"
    assert caplog.messages == [
        "Worker a:1 cannot use the database, and tries again until it can: database is locked",
        "Worker a:1 can use the database again, after 50 s",
    ]


def test_a_slow_database_is_told_once_a_minute(
    watched: Callable[[Callable[[], object]], object], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def slowly() -> None:
        clock.now += SLOW_S

    watched(lambda: None)
    assert caplog.messages == []
    for _ in range(25):
        watched(slowly)
    assert caplog.messages == [f"Worker a:1 had to wait {SLOW_S:.1f} s for the database"] * 2


def test_other_mistakes_are_raised(watched: Callable[[Callable[[], object]], object]) -> None:
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 / 0)
