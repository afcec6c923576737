from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from jobs.background import flush, process
from jobs.handlers import QuaeroHandler
from tests.tracking.recording import logger_to


@pytest.fixture(autouse=True)
def fresh_writer(transactional_db: None) -> Iterator[None]:
    """Ends each test only when its thread has written everything, so that it does not write into the next test."""
    process.stop()
    yield
    process.stop()


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test when the end of a block waits for the writer."""

    def refuse() -> bool:
        raise AssertionError("the end of a block waits")

    monkeypatch.setattr(flush, "wait", refuse)


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A logger whose records go to the tracked job."""
    with logger_to(QuaeroHandler()) as logger:
        yield logger
