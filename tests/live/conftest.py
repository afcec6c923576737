from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from jobs import lifecycle, recording
from jobs.models import Job
from logstream import live
from tests.live.serving import Server, make_token


@pytest.fixture
async def live_side(transactional_db: None) -> AsyncIterator[live.Live]:
    """The live side of the test's event loop, ended with the test."""
    here = live.current()
    yield here
    here.close()


@pytest.fixture
def job(transactional_db: None) -> Job:
    """A running job without entries."""
    job = lifecycle.create_job("import")
    lifecycle.start_job(job, leased=False)
    return job


def append(job: Job, *messages: str, level: str = "info") -> recording.Appended:
    return recording.append(job, [recording.NewEntry(message, level) for message in messages])


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """A running server process; it is stopped with the test, whatever became of it."""
    server = Server(environment={"QUAERO_STREAM_PING_INTERVAL_S": "1"})
    server.start()
    yield server
    assert server.process is not None
    server.process.kill()
    server.process.wait()


@pytest.fixture
def token(transactional_db: None) -> str:
    return make_token()
