"""Browsers of the people who may enter the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.acting import (
    signed_in,
)


@pytest.fixture
def operating(operator: User) -> Client:
    return signed_in(operator)


@pytest.fixture
def viewing(viewer: User) -> Client:
    return signed_in(viewer)
