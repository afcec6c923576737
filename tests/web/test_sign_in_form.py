"""Signing in by name and password, for users and for clients that guess."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from jobs import refused_requests
from jobs.refused_requests import Tally
from jobs.web import sign_in_form
from jobs.web.throttle import OF_NAME, Throttle

PASSWORD = "a long enough passphrase"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_form, "throttle", Throttle())
    monkeypatch.setattr(refused_requests, "count", Tally().count)


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD)


def try_to_sign_in(password: str, address: str = HERE, name: str = "ann") -> HttpResponse:
    return Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password})


def test_a_refusal_says_how_long_to_wait(ann: User) -> None:
    statuses = [try_to_sign_in("wrong").status_code for _ in range(OF_NAME.free)]
    assert set(statuses) == {200}
    refused = try_to_sign_in(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15
    assert b"Try again in" in refused.content
    assert b"seconds" in refused.content


def test_the_owner_gets_in_from_another_address(ann: User) -> None:
    for _ in range(OF_NAME.free + 3):
        try_to_sign_in("wrong")
    assert try_to_sign_in(PASSWORD, ELSEWHERE).status_code == 302


def test_who_mistypes_now_and_then_is_never_slowed_down(ann: User) -> None:
    for _ in range(3):
        for _ in range(OF_NAME.free - 1):
            assert try_to_sign_in("wrong").status_code == 200
        assert try_to_sign_in(PASSWORD).status_code == 302


def test_unknown_names_are_slowed_down_too(ann: User) -> None:
    for _ in range(OF_NAME.free):
        try_to_sign_in("wrong", name="nobody")
    assert try_to_sign_in("wrong", name="nobody").status_code == 429


def test_refused_sign_ins_are_logged(ann: User, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(OF_NAME.free + 5):
        try_to_sign_in("wrong")
    assert caplog.messages == [
        f"1 refused sign-in, from {HERE}",
        f"1 sign-in that came too soon after others, from {HERE}",
    ]


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    taken = 0
    while sign_in_form._places.acquire(blocking=False):
        taken += 1
    yield
    for _ in range(taken):
        sign_in_form._places.release()


def test_when_too_many_sign_in_at_once_the_next_is_asked_to_come_back(ann: User, no_room: None) -> None:
    for _ in range(OF_NAME.free + 3):  # which costs no try
        refused = try_to_sign_in(PASSWORD)
        assert refused.status_code == 429
        assert b"Many people are signing in" in refused.content


def test_places_are_given_back(ann: User) -> None:
    for number in range(sign_in_form.CHECKS_AT_ONCE + sign_in_form.CHECKS_WAITING + 1):
        assert try_to_sign_in("wrong", name=f"user {number}").status_code == 200
