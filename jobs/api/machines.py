"""What the description says of addresses that no router has: those for who watches over the process, and itself."""

from __future__ import annotations

import msgspec

from jobs.api.openapi import REFUSED, Json, content_of


class Health(msgspec.Struct):
    status: str


class Readiness(msgspec.Struct):
    status: str


def open_to_all(name: str, summary: str, description: str, content: Json, **more: Json) -> Json:
    """An operation that needs no right. `more`: its other answers."""
    responses: Json = {"200": {"description": "OK", "content": content}, **more}
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["machines"],
        "parameters": [],
        "responses": responses,
        "security": [],
    }


KINDS = (Health, Readiness)
OPERATIONS: dict[str, Json] = {
    "/healthz": open_to_all(
        "healthz", "Does the process live", "200 while it answers. The database is not asked.", content_of(Health)
    ),
    "/readyz": open_to_all(
        "readyz",
        "Can it work",
        "200 when the database answers and is migrated, else 503 with the reason.",
        content_of(Readiness),
        default=REFUSED,
    ),
    "/api/openapi.json": open_to_all(
        "openapi", "This API for programs", "An OpenAPI document.", {"application/json": {"schema": {"type": "object"}}}
    ),
    "/api/docs": open_to_all(
        "docs", "This API for people", "The same as a page.", {"text/html": {"schema": {"type": "string"}}}
    ),
}
