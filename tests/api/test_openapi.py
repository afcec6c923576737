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
    assert len(operations) >= 7
    assert all({"200", "default"} <= set(operation["responses"]) for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_log_parameters_are_those_of_the_filter(schema: dict[str, Any]) -> None:
    page = {"limit", "since", "before", "offset"}
    assert names(schema, "/api/jobs/{job_id}/logs") == {"job_id", *FILTER_PARAMETERS, CHILDREN, *page}
    assert names(schema, "/api/service/logs") == {"job", *FILTER_PARAMETERS, *page}


def test_there_is_no_page_that_loads_from_elsewhere(anonymous: Client) -> None:
    assert anonymous.get("/api/docs").status_code == 404
