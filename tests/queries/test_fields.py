"""A field of the filter is defined once, and known wherever a log is filtered."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client

from jobs.queries import Filter
from jobs.queries.fields import FilterField
from jobs.queries.filter import FIELDS
from jobs.queries.parameters import OF_ANY_LOG
from logstream.tailing.options import option_of
from logstream.templatetags.quaero_addresses import quaero_filters
from tests.processes import ROOT

FILTERED = (
    "/api/jobs/{job_id}/logs",
    "/api/service/logs",
    "/api/jobs/{job_id}/logs/stream",
    "/api/service/logs/stream",
)

each_field = pytest.mark.parametrize("definition", [FIELDS[member] for member in OF_ANY_LOG])


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_member_of_a_filter_is_defined_but_the_family() -> None:
    assert set(Filter.__slots__) - set(FIELDS) == {"family"}
    assert set(FIELDS) - set(OF_ANY_LOG) == {"job"}


@each_field
def test_a_field_is_described_in_the_api(client: Client, definition: type[FilterField[Any]]) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    for path in FILTERED:
        told = {each["name"]: each["description"] for each in paths[path]["get"]["parameters"]}
        assert told[definition.name] == definition.meaning


@each_field
def test_a_field_is_an_option_of_tail(definition: type[FilterField[Any]]) -> None:
    command, text = load_command_class(get_commands()["tail"], "tail"), StringIO()
    command.create_parser("manage.py", "tail").print_help(text)
    assert f"{option_of(definition)} " in text.getvalue()
    assert definition.meaning.removesuffix(".") in in_one_line(text.getvalue())


@each_field
def test_a_field_is_in_the_docs(definition: type[FilterField[Any]]) -> None:
    docs = ROOT / "docs"
    assert f"`{definition.name}`" in (docs / "streams.md").read_text()
    assert definition.name in (docs / "javascript.md").read_text()
    assert f"`{option_of(definition)} " in (docs / "tail.md").read_text()


@each_field
def test_a_page_knows_the_field(definition: type[FilterField[Any]]) -> None:
    assert f'"{definition.name}"' in quaero_filters()


def test_only_what_the_counters_have_is_counted() -> None:
    counted = {member for member, definition in FIELDS.items() if definition.is_counted}
    assert counted == {"job", "step", "level"}
    assert [Filter(**{member: 1}).is_counted for member in FIELDS] == [member in counted for member in FIELDS]
