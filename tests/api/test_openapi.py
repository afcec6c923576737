"""The description of the API: complete, and true to what the routes accept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jobs.parameters import CHILDREN, FILTER_PARAMETERS


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
    assert len(operations) >= 17
    assert all({"200", "default"} <= set(operation["responses"]) for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_log_parameters_are_those_of_the_filter(schema: dict[str, Any]) -> None:
    page = {"limit", "since", "before", "offset"}
    assert names(schema, "/api/jobs/{job_id}/logs") == {"job_id", *FILTER_PARAMETERS, CHILDREN, *page}
    assert names(schema, "/api/service/logs") == {"job", *FILTER_PARAMETERS, *page}


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


def test_there_is_no_page_that_loads_from_elsewhere(anonymous: Client) -> None:
    assert anonymous.get("/api/docs").status_code == 404
