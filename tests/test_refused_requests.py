"""What strangers cause is summed up."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from jobs import refused_requests
from jobs.refused_requests import BAD_TOKEN, LOGGED_EVERY_S, NO_HTTP, UNKNOWN_HOST, Tally
from tests.web.test_throttle import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(refused_requests, "time", clock)
    return clock


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """In place of that of the process, which may have told something within this minute."""
    tally = Tally()
    monkeypatch.setattr(refused_requests, "count", tally.count)
    return tally


def test_the_first_is_told_at_once_and_the_others_in_one_line_a_minute(
    clock: Clock, tally: Tally, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1235):
        tally.count(UNKNOWN_HOST)
    tally.log_what_is_due()
    assert caplog.messages == ["1 request with a wrong Host"]
    clock.now += LOGGED_EVERY_S
    tally.log_what_is_due()
    tally.log_what_is_due()
    assert caplog.messages[1:] == ["1,234 requests with a wrong Host within a minute"]


def test_each_kind_has_its_line(clock: Clock, tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    tally.count(NO_HTTP)
    tally.count(BAD_TOKEN)
    assert len(caplog.messages) == 2


def test_some_addresses_are_named(clock: Clock, tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    for number in [1, *range(1000), 1]:
        tally.count(NO_HTTP, f"10.0.0.{number}")
    clock.now += LOGGED_EVERY_S
    tally.log_what_is_due()
    assert caplog.messages[0].endswith(", from 10.0.0.1")
    assert caplog.messages[1].endswith(", from 10.0.0.0, 10.0.0.1, 10.0.0.2 and others")


def test_a_quiet_minute_has_no_line(clock: Clock, tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    tally.count(NO_HTTP)
    clock.now += 10 * LOGGED_EVERY_S
    tally.log_what_is_due()
    assert len(caplog.messages) == 1


@pytest.fixture
def heard() -> Iterator[list[logging.LogRecord]]:
    """What comes to the root, as the service log and standard error have it. (caplog hears more.)"""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield records
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("host", ["a b", "x/y", "a" * 300 + "_", "[::1", "a@b"])
def test_a_wrong_host_leaves_a_count_and_no_traceback(
    client: Client, tally: Tally, heard: list[logging.LogRecord], host: str
) -> None:
    for _ in range(20):
        assert client.get("/login/", headers={"Host": host}).status_code in (200, 400)
    assert len(heard) <= 1
    assert not any(record.exc_info for record in heard)


def test_what_django_finds_suspicious_is_counted(heard: list[logging.LogRecord], tally: Tally) -> None:
    for name in ("django.security.DisallowedHost", "django.security.csrf", "django.security.anything"):
        for _ in range(10):
            logging.getLogger(name).error("words", exc_info=ValueError())
    assert len(heard) == 3


@pytest.mark.django_db
def test_unknown_tokens_are_counted(client: Client, tally: Tally, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(10):
        assert client.get("/api/jobs", headers={"Authorization": f"Bearer quaero_{number}"}).status_code == 401
    assert caplog.messages == ["1 request with an unknown or expired token, from 127.0.0.1"]
