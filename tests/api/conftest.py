"""Browsers of the three people, and one of nobody. Each checks CSRF as in life."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client


def browser_of(user: User | None = None) -> Client:
    browser = Client(enforce_csrf_checks=True)
    if user is not None:
        browser.force_login(user)
    return browser


@pytest.fixture
def anonymous() -> Client:
    return browser_of()


@pytest.fixture
def as_viewer(viewer: User) -> Client:
    return browser_of(viewer)


@pytest.fixture
def as_operator(operator: User) -> Client:
    return browser_of(operator)


@pytest.fixture
def as_stranger(stranger: User) -> Client:
    return browser_of(stranger)


@pytest.fixture
def as_runner(runner: User) -> Client:
    return browser_of(runner)
