"""For whoever watches over the process."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from jobs.web import health
from tests.api.refusals import refused


def test_the_process_lives_and_asks_nobody(anonymous: Client) -> None:
    # Without the mark of the database, a query would fail this test.
    assert anonymous.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_migrated_database_is_ready(anonymous: Client) -> None:
    assert anonymous.get("/readyz").json() == {"status": "ready"}


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_told(anonymous: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *rest: ["one", "two"])
    body = refused(anonymous.get("/readyz"), 503, "not_ready")
    assert "2 migrations are not applied" in body["error"]


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_without_where_it_is(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*rest: object) -> None:
        raise OperationalError("no route to db.internal")

    monkeypatch.setattr(health, "unapplied_migrations", fail)
    response = anonymous.get("/readyz")
    assert "internal" not in refused(response, 503, "not_ready")["error"]
    assert response.headers["Retry-After"] == "5"
