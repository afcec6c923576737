"""Registered jobs over HTTP: what there is, and what parameters it takes."""

from __future__ import annotations

from typing import Annotated

import pytest
from django.test import Client
from msgspec import Meta

from jobs.runnables import Secret, registry
from tests.api.refusals import refused

RUNNABLES = "/api/runnables"


def import_stock(shop: Annotated[int, Meta(ge=1)], password: Annotated[str, Secret()]) -> None:
    """Reads the stock of a shop."""


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "by_name", dict(registry.by_name))
    registry.job(name="Stock import", steps=["Read"], timeout=60, retries=2)(import_stock)


def test_a_registered_job_is_described(as_viewer: Client) -> None:
    body = as_viewer.get(f"{RUNNABLES}/Stock import").json()
    fields, parameters = body.pop("fields"), body.pop("parameters")
    assert body == {
        "name": "Stock import",
        "description": "Reads the stock of a shop.",
        "steps": ["Read"],
        "timeout": 60,
        "retries": 2,
        "concurrency": "allow",
    }
    assert parameters["properties"]["shop"] == {"type": "integer", "minimum": 1}
    assert [(field["name"], field["kind"]) for field in fields] == [("shop", "integer"), ("password", "password")]


def test_all_are_listed_by_name(as_viewer: Client) -> None:
    listed = as_viewer.get(RUNNABLES).json()["runnables"]
    assert [each["name"] for each in listed] == sorted(registry.by_name)
    assert as_viewer.get(f"{RUNNABLES}/Stock import").json() in listed


@pytest.mark.parametrize("name", ["nowhere", "%00", "..%2E", "x" * 300])
def test_one_that_is_not_there_is_refused_with_what_is(as_viewer: Client, name: str) -> None:
    body = refused(as_viewer.get(f"{RUNNABLES}/{name}"), 404, "no_such_runnable")
    assert "Stock import" in body["error"]
    assert body["detail"]["known"] == sorted(registry.by_name)


def test_it_takes_the_right_to_read(anonymous: Client, as_stranger: Client) -> None:
    for path in (RUNNABLES, f"{RUNNABLES}/nowhere"):
        refused(anonymous.get(path), 401, "unauthenticated")
        refused(as_stranger.get(path), 403, "permission_missing")
