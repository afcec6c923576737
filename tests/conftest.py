"""Shared by all tests."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.dispatch import Signal
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from jobs.models import Job
from jobs.queries.known_counts import known_counts
from jobs.queries.known_times import known_times
from jobs.queries.pictures.counting import remembered
from tests.factories import make_job, make_user
from tests.package.fixtures import bare_venv, distributions, wheel

# How long an example takes says more of what else the machine does than of what is tested.
hypothesis_settings.register_profile("quaero", deadline=None)
hypothesis_settings.load_profile("quaero")

BROWSER_TESTS = "tests/browser/"
ROOMS_TOGETHER = ("tests/embedded/", "tests/package/")

__all__ = ["bare_venv", "distributions", "wheel"]  # built once for all that need them


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the fast tests first, so that their result is known while the slow ones run."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


class TogetherByRoom(LoadScopeScheduling):
    """What shares a server, a browser or a built package stays together; everything else goes by its file."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith(BROWSER_TESTS):
            return f"{BROWSER_TESTS} {zlib.crc32(path.encode()) % 2}"  # two servers and browsers, for two processors
        return next((room for room in ROOMS_TOGETHER if path.startswith(room)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return TogetherByRoom(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Makes a skipped test a failure in CI, which must leave nothing out. The reasons are in the summary (`-ra`)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The SQLite test database is a file, as in life: one in memory knows no WAL and no other process."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database["TEST"]["NAME"] = settings.DATABASES["default"]["TEST"]["NAME"] = str(path)


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Each test has a database of its own, and ids that another one had."""
    known_counts.forget()
    known_times.forget()
    remembered.forget()


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may need more than half a second for a short count."""
    for module in ("log_page", "places", "finding.answers", "pictures.histogram"):
        monkeypatch.setattr(f"jobs.queries.{module}.COUNTING_S", 60.0)


@pytest.fixture
def operator(db: None) -> User:
    """May look, cancel, rerun and delete, but not run programs."""
    return make_user("operator", "Quaero operators")


@pytest.fixture
def viewer(db: None) -> User:
    """May look."""
    return make_user("viewer", "Quaero viewers")


@pytest.fixture
def runner(db: None) -> User:
    """May look and run programs, but not cancel, rerun or delete."""
    return make_user("runner", "Quaero runners")


@pytest.fixture
def stranger(db: None) -> User:
    """May sign in, and nothing else."""
    return make_user("stranger")


@pytest.fixture
def job(db: None) -> Job:
    return make_job()


Announced = list[dict[str, Any]]


@pytest.fixture
def announced() -> Iterator[Callable[[Signal], Announced]]:
    """`announced(signals.job_changed)`: the arguments of each call of this signal since the test first asked."""
    heard: dict[Signal, Announced] = {}
    listeners: dict[Signal, Callable[..., None]] = {}

    def listen(signal: Signal) -> Announced:
        if signal not in heard:
            heard[signal] = []
            listeners[signal] = lambda **said: heard[signal].append(said)
            signal.connect(listeners[signal])
        return heard[signal]

    yield listen
    for signal, listener in listeners.items():
        signal.disconnect(listener)
