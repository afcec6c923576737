"""`/api/docs`: the description of the API as a page for people, made on this host from nothing but that description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from jobs.api.examples import Schemas, example_of, members_of, name_of, type_of

GROUPS = {
    "jobs": "Jobs",
    "logs": "Logs",
    "streams": "Streams",
    "runs": "Running programs and jobs",
    "runnables": "Registered jobs",
    "tickets": "Tickets",
    "machines": "For machines",
}
JSON = "application/json"


class Row(NamedTuple):
    """A parameter, or a member of a body."""

    name: str
    kind: str
    needed: bool
    words: list[str]
    default: str = ""


class Answer(NamedTuple):
    """`events`: those of a stream, by name with examples of their data."""

    status: str
    words: str
    examples: list[str]
    events: list[tuple[str, list[str]]]


@dataclass
class Operation:
    id: str
    method: str
    path: str
    summary: str
    words: list[str]
    right: str
    parameters: list[Row]
    body: list[Row]
    answers: list[Answer]
    command: str


class Group(NamedTuple):
    name: str
    operations: list[Operation]


def groups_of(document: dict[str, Any], origin: str) -> list[Group]:
    """The operations of an OpenAPI document in the order in which they are read about."""
    schemas = document["components"]["schemas"]
    by_tag: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            operation = operation_of(method.upper(), path, described, schemas, origin)
            by_tag.setdefault(described["tags"][0], []).append(operation)
    return [Group(name, by_tag[tag]) for tag, name in GROUPS.items() if tag in by_tag]


def operation_of(method: str, path: str, described: dict[str, Any], schemas: Schemas, origin: str) -> Operation:
    body = described.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    return Operation(
        id=described["operationId"],
        method=method,
        path=path,
        summary=described["summary"],
        words=pieces(described.get("description", "")),
        right=next((names[0] for each in described["security"] for names in each.values()), ""),
        parameters=[parameter_of(each) for each in described.get("parameters", [])],
        body=list(rows_of(body, schemas)) if body else [],
        answers=[answer_of(str(status), each, schemas) for status, each in described["responses"].items()],
        command=command_of(method, path, described, body, schemas, origin),
    )


def parameter_of(described: dict[str, Any]) -> Row:
    words = described.get("description", "")
    if described["in"] == "header":
        words = f"A header. {words}"
    return Row(described["name"], type_of(described["schema"]), described["required"], pieces(words))


def pieces(text: str) -> list[str]:
    """A text in which backquotes are around code: every second piece is code."""
    return text.split("`")


def rows_of(body: dict[str, Any], schemas: Schemas) -> Iterator[Row]:
    needed = schemas[name_of(body)].get("required", ())
    for name, schema in members_of(body, schemas).items():
        default = json.dumps(schema["default"]) if "default" in schema else ""
        yield Row(name, type_of(schema), name in needed, pieces(schema.get("description", "")), default)


def answer_of(status: str, described: dict[str, Any], schemas: Schemas) -> Answer:
    schema = described.get("content", {}).get(JSON, {}).get("schema")
    events = [(name, pretty(each["schema"], schemas)) for name, each in described.get("x-events", {}).items()]
    return Answer(
        "else" if status == "default" else status,
        described["description"],
        pretty(schema, schemas) if schema else [],
        events,
    )


def pretty(schema: dict[str, Any], schemas: Schemas) -> list[str]:
    """An example of each of the schemas that an answer may have."""
    return [json.dumps(example_of(each, schemas), indent=2) for each in schema.get("oneOf", [schema])]


def command_of(
    method: str, path: str, described: dict[str, Any], body: dict[str, Any] | None, schemas: Schemas, origin: str
) -> str:
    """How to ask it with curl. `$token` stands for a token, capitals in the address for an id."""
    parts = ["curl"]
    if "text/event-stream" in described["responses"].get("200", {}).get("content", {}):
        parts.append("-N")
    if method != "GET":
        parts.append(f"-X {method}")
    if described["security"]:
        parts.append('-H "Authorization: Bearer $token"')
    parts.append(f"{origin}{with_capitals(path)}")
    if body:
        needed = {
            name: example_of(schema, schemas, name)
            for name, schema in members_of(body, schemas).items()
            if name in schemas[name_of(body)].get("required", ())
        }
        parts.append(f"\\\n     -d '{json.dumps(needed)}'")
    return " ".join(parts)


def with_capitals(path: str) -> str:
    return "/".join(part.strip("{}").upper() if part.startswith("{") else part for part in path.split("/"))
