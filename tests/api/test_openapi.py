"""The description of the API: complete, and true to what the routes accept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from jobs.api.reference import groups_of
from jobs.queries.parameters import CHILDREN, LogFilterQuery
from logstream.requests import JobsStreamQuery, JobStreamQuery, PlainStreamQuery, ServiceStreamQuery
from quaero.http.csp import POLICY
from tests.processes import ROOT


@pytest.fixture
def schema(anonymous: Client) -> dict[str, Any]:
    response = anonymous.get("/api/openapi.json")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def names(schema: dict[str, Any], path: str) -> set[str]:
    return {parameter["name"] for parameter in schema["paths"][path]["get"]["parameters"]}


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    references = set(re.findall(r"#/components/schemas/(\w+)", str(schema)))
    assert {"JobList", "JobDetail", "LogsPayload", "EntryRecord", "Ticket", "Refusal"} <= references
    assert references <= set(schema["components"]["schemas"])


def test_every_operation_tells_its_answer_and_its_refusal(schema: dict[str, Any]) -> None:
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) >= 24
    assert all({"200", "default"} <= set(each["responses"]) for each in operations if each["security"])
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_log_parameters_are_those_of_the_filter(schema: dict[str, Any]) -> None:
    page = {"limit", "since", "before", "offset", "around"}
    assert names(schema, "/api/jobs/{job_id}/logs") == {"job_id", *LogFilterQuery.names(), CHILDREN, *page}
    assert names(schema, "/api/service/logs") == {"job", *LogFilterQuery.names(), *page}


def test_what_runs_may_come_to_is_told_by_status(schema: dict[str, Any]) -> None:
    paths = schema["paths"]
    assert set(paths["/api/result/{execution_id}"]["get"]["responses"]) == {"200", "202", "500", "default"}
    assert set(paths["/api/execute"]["post"]["responses"]) == {"200", "500", "504", "default"}
    completed = paths["/api/result/{execution_id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert [each["$ref"].rpartition("/")[2] for each in completed["oneOf"]] == ["Completed", "Cancelled"]


def test_bodies_that_may_be_left_out_are_told(schema: dict[str, Any]) -> None:
    needed = {
        path: operation["requestBody"]["required"]
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if "requestBody" in operation
    }
    assert needed == {
        "/api/execute": True,
        "/api/execute-async": True,
        "/api/jobs/{job_id}/rerun": False,
        "/api/runnables/{name}/run": False,
        "/api/tickets": True,
    }


def test_members_of_bodies_are_told_with_their_defaults(schema: dict[str, Any]) -> None:
    order = schema["components"]["schemas"]["WaitingOrder"]
    assert (order["required"], order["additionalProperties"]) == (["program"], False)
    assert (order["properties"]["wait"]["default"], order["properties"]["language"]["default"]) == (30, "python")


def test_parameters_of_lists_are_those_that_are_read(schema: dict[str, Any], as_viewer: Client) -> None:
    for path in ("/api/jobs", "/api/executions"):
        assert as_viewer.get(path, dict.fromkeys(names(schema, path), "")).status_code == 200
    assert names(schema, "/api/jobs") - names(schema, "/api/executions") == {"kind"}


def test_every_address_for_programs_is_told(schema: dict[str, Any]) -> None:
    there_are = {as_template(pattern) for pattern in addresses(get_resolver())}
    for_programs = {path for path in there_are if path.startswith(("/api/", "/v1/")) and path != "/api/"}
    assert for_programs > {"/api/jobs", "/api/jobs/{job_id}/logs/stream", "/api/streams/status"}
    assert for_programs | {"/healthz", "/readyz"} == set(schema["paths"])


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        yield from addresses(each, path) if isinstance(each, URLResolver) else [path]


def as_template(pattern: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)


def test_streams_tell_the_parameters_that_they_take(schema: dict[str, Any]) -> None:
    header = "Last-Event-ID"
    assert names(schema, "/api/jobs/{job_id}/logs/stream") == {"job_id", header, *JobStreamQuery.names()}
    assert names(schema, "/api/service/logs/stream") == {header, *ServiceStreamQuery.names()}
    assert names(schema, "/api/logs/{job_id}") == {"job_id", header, *PlainStreamQuery.names()}
    assert names(schema, "/api/jobs/stream") == set(JobsStreamQuery.names()) == {"ticket"}


def test_streams_tell_their_events(schema: dict[str, Any]) -> None:
    answer = schema["paths"]["/api/jobs/{job_id}/logs/stream"]["get"]["responses"]["200"]
    assert set(answer["x-events"]) == {"status", "logs", "ping", "reset", "refused", "done"}
    assert answer["x-events"]["logs"]["schema"] == {"$ref": "#/components/schemas/LogsPayload"}


@pytest.mark.parametrize(
    ("shape", "may_lack"),
    [
        ("EntryRecord", {"ansi", "fields"}),
        ("LogsMeta", {"reset"}),
        ("JobStatus", {"steps_total", "partial"}),
        ("FamilyStatus", {"steps_total", "partial"}),
    ],
)
def test_members_that_may_be_absent_are_not_required(schema: dict[str, Any], shape: str, may_lack: set[str]) -> None:
    told = schema["components"]["schemas"][shape]
    assert set(told["properties"]) - set(told["required"]) == may_lack


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
def test_the_description_is_there_to_be_read(anonymous: Client, path: str) -> None:
    assert (anonymous.head(path).status_code, anonymous.head(path).content) == (200, b"")
    refused = Client(enforce_csrf_checks=True).post(path)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_the_page_tells_every_operation_and_loads_nothing_from_elsewhere(
    anonymous: Client, schema: dict[str, Any]
) -> None:
    page = anonymous.get("/api/docs")
    assert (page.status_code, page.headers["Content-Security-Policy"]) == (200, POLICY)
    text = page.content.decode()
    for path, methods in schema["paths"].items():
        assert path in text
        assert all(f'id="{operation["operationId"]}"' in text for operation in methods.values())
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


def test_the_page_tells_what_an_operation_takes_and_gives(schema: dict[str, Any]) -> None:
    told = {each.id: each for group in groups_of(schema, "https://quaero.example") for each in group.operations}
    execute = told["execute_async"]
    assert [row.name for row in execute.body if row.needed] == ["program"]
    assert execute.command.startswith('curl -X POST -H "Authorization: Bearer $token" https://quaero.example/api/exec')
    assert [answer.status for answer in told["get_result"].answers] == ["200", "202", "500", "else"]
    assert '"message": "42 files found"' in told["job_logs"].answers[0].examples[0]
    assert (told["delete_job"].right, told["healthz"].right) == ("write", "")


def test_every_code_of_an_error_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "api.md").read_text()))
    sources = [path.read_text() for folder in ("jobs", "logstream", "quaero") for path in (ROOT / folder).rglob("*.py")]
    codes = {code for text in sources for code in re.findall(r'\bcode(?:: str)? ?= ?"([a-z_]+)"', text)}
    assert {"no_such_job", "still_running", "wrong_host"} <= codes
    assert codes - documented == set()
