"""The delays for sign-ins after failed ones."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.web import throttle
from jobs.web.throttle import FORGOTTEN_AFTER_S, MOST_KEPT, OF_ADDRESS, OF_NAME, Throttle, network_of

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(throttle, "time", clock)
    return clock


def failed(kept: Throttle, times: int, name: str = "ann", address: str = HERE) -> None:
    assert [kept.begin(name, address) for _ in range(times)] == [0.0] * times


def test_a_name_that_failed_often_waits_longer_each_time(clock: Clock) -> None:
    kept = Throttle()
    failed(kept, OF_NAME.free)
    waits = []
    for _ in range(3):
        waits.append(kept.begin("ann", HERE))
        clock.now += waits[-1]
        failed(kept, 1)
    assert waits == [15.0, 30.0, 60.0]


def test_the_longest_wait_is_bounded_and_what_was_is_forgotten(clock: Clock) -> None:
    kept = Throttle()
    failed(kept, OF_NAME.free)
    for _ in range(10):
        wait_s = kept.begin("ann", HERE)
        clock.now += wait_s
        failed(kept, 1)
    assert wait_s == OF_NAME.longest_wait_s
    clock.now += FORGOTTEN_AFTER_S + 1
    failed(kept, OF_NAME.free)


def test_who_waits_does_not_wait_longer_for_trying(clock: Clock) -> None:
    kept = Throttle()
    failed(kept, OF_NAME.free)
    assert {kept.begin("ann", HERE) for _ in range(100)} == {15.0}


def test_the_owner_of_the_name_gets_in_from_elsewhere_and_others_from_here(clock: Clock) -> None:
    kept = Throttle()
    failed(kept, OF_NAME.free)
    assert kept.begin("ann", HERE) > 0
    failed(kept, 1, address=ELSEWHERE)
    failed(kept, 1, name="bob")


def test_an_address_that_tries_many_names_is_slowed_down_for_less_long(clock: Clock) -> None:
    kept = Throttle()
    for number in range(OF_ADDRESS.free):
        failed(kept, 1, name=f"user {number}")
    assert kept.begin("another", HERE) == OF_ADDRESS.first_wait_s
    failed(kept, 1, name="another", address=ELSEWHERE)


def test_a_right_password_forgives_its_name_but_not_the_address(clock: Clock) -> None:
    kept = Throttle()
    for number in range(OF_ADDRESS.free - 1):
        failed(kept, 1, name=f"user {number}")
        failed(kept, 1, name="mine")
        kept.succeeded("mine", HERE)
    failed(kept, 1, name="last")
    assert kept.begin("another", HERE) > 0


def test_a_try_that_was_taken_back_does_not_count(clock: Clock) -> None:
    kept = Throttle()
    for _ in range(20):
        failed(kept, 1)
        kept.take_back("ann", HERE)
    failed(kept, OF_NAME.free)


def test_what_is_kept_is_bounded(clock: Clock) -> None:
    kept: Any = Throttle()
    for number in range(MOST_KEPT + 100):
        kept.begin("ann", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(kept._failures) == MOST_KEPT


@pytest.mark.parametrize(
    ("address", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
        ("testclient", "192.0.2.1", False),
    ],
)
def test_one_customer_has_many_addresses(address: str, other: str, is_same: bool) -> None:
    assert (network_of(address) == network_of(other)) is is_same
