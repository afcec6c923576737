"""Browsers of the three people, and one of nobody. Each checks CSRF as in life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pydantic import Field
from pytest_django import Settings

from jobs.runnables import Secret
from tests.api.sending import Sender
from tests.orders import registered


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


@pytest.fixture
def running(runner: User) -> Sender:
    """A program that may look and run."""
    return Sender(runner)


@pytest.fixture
def operating(operator: User) -> Sender:
    """A program that may look, cancel, rerun and delete."""
    return Sender(operator)


@pytest.fixture
def programs_on(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")


def import_stock(
    shop: Annotated[int, Field(ge=1)], note: str = "", password: Annotated[str | None, Secret()] = None
) -> None:
    """Reads the stock of a shop."""


@pytest.fixture
def stock_import() -> Iterator[None]:
    """A registered job."""
    with registered(import_stock, name="Stock import", steps=["Read", "Store"], timeout=60, retries=2):
        yield
