"""Words and examples for JSON schemas, as far as the API's description has them."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
Schemas = dict[str, Schema]

ID = "0b6f4d5e-3c1a-4c39-9f0e-3d8f6c1f7a11"
MOMENT = "2026-01-31T12:00:03.541579Z"
PLAIN = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}
WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}

# What a member of this name may hold, where its type alone says too little.
BY_NAME: dict[str, object] = {
    "id": ID,
    "job_id": ID,
    "step_id": ID,
    "execution_id": ID,
    "parent": None,
    "rerun_of": None,
    "timestamp": MOMENT,
    "finished_at": None,
    "cancel_requested_at": None,
    "name": "nightly import",
    "job_name": "nightly import",
    "step_name": "fetch",
    "kind": "command",
    "status": "running",
    "level": "info",
    "stream": "stdout",
    "source": "",
    "message": "42 files found",
    "ansi": "\u001b[32m42\u001b[0m files found",
    "fields": {"shop": 7},
    "counts": {"debug": 0, "info": 3, "warn": 0, "error": 0, "fatal": 0, "total": 3},
    "by_status": {"running": 1, "completed": 2},
    "by_kind": {"command": 3},
    "exit_code": None,
    "error": "",
    "created_by": "ci",
    "worker": "",
    "language": "python",
    "program": "print(6 * 7)",
    "path": "/api/jobs/stream",
    "ticket": "eyJ1c2VyIjox...",
    "expires_in": 60,
    "next": None,
    "cursor": None,
    "result": 42,
    "value": 42,
    "type": "number",
    "code": "machine_word",
}
OF_SCHEMA: dict[str, Schema] = {
    "Refusal": {"error": "what is wrong and what is allowed"},
    "StillRunning": {"error": "it has not ended yet, and goes on", "code": "still_running"},
    "Running": {"status": "running"},
    "Completed": {"status": "completed"},
    "Cancelled": {"status": "cancelled", "error": "cancelled by ci"},
    "Failed": {"status": "error", "error": "exit code 1", "code": "run_failed"},
    "FoundEntry": {"id": 4803, "line": 92, "index": 91, "spans": [[17, 24], [40, 47]]},
    "Place": {"id": 4803},
    "FindCount": {"total": 1922, "rank": 17},
    "Done": {"status": "completed", "exit_code": 0},
    "Reset": {"reason": "pruned"},
    "StreamsStatus": {"status": "active"},
    "WorkerRow": {"name": "host-4711", "status": "busy"},
    "Health": {"status": "ok"},
    "Readiness": {"status": "ready"},
}


def name_of(schema: Schema) -> str:
    """The name that a reference leads to; empty for what is none."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def resolved(schema: Schema, schemas: Schemas) -> Schema:
    return schemas.get(name_of(schema), {}) if "$ref" in schema else schema


def members_of(schema: Schema, schemas: Schemas) -> dict[str, Schema]:
    members: dict[str, Schema] = resolved(schema, schemas).get("properties", {})
    return members


def type_of(schema: Schema) -> str:
    """What kind of value may be there, in a word or two."""
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join("null" if each.get("type") == "null" else type_of(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return name_of(schema)
    kind = schema.get("type", "")
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])}"
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if schema.get("format") == "uuid":
        return "id"
    if schema.get("format") == "date-time":
        return "time"
    return WORDS.get(kind, kind) or "any JSON"


def example_of(schema: Schema, schemas: Schemas, name: str = "", above: tuple[str, ...] = ()) -> object:
    """An example of what has this schema, as the member `name` if it is one. `above`: the schemas that it is within."""
    reference = name_of(schema)
    if reference:
        if reference in above:  # a job's children are jobs
            return None
        own = OF_SCHEMA.get(reference, {})
        members = members_of(schema, schemas).items()
        return {key: own.get(key, example_of(each, schemas, key, (*above, reference))) for key, each in members}
    if "anyOf" in schema and any("$ref" in each for each in schema["anyOf"]):
        return example_of(next(each for each in schema["anyOf"] if "$ref" in each), schemas, name, above)
    if "prefixItems" in schema:
        return [example_of(each, schemas, "", above) for each in schema["prefixItems"]]
    if schema.get("type") == "array":
        item = example_of(schema.get("items", {}), schemas, "", above)
        return [] if item is None else [item]
    if name in BY_NAME:
        return BY_NAME[name]
    return plain_example(schema, schemas, name, above)


def plain_example(schema: Schema, schemas: Schemas, name: str, above: tuple[str, ...]) -> object:
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, name, above)
    if name.endswith("_at"):
        return MOMENT
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return {ID: example_of(inner, schemas, "", above)} if isinstance(inner, dict) and "$ref" in inner else {}
    return PLAIN.get(schema.get("type", ""))
