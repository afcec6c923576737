"""What `/api/openapi.json` says: all of it from the types of what operations take and answer."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from jobs.api.answers import meaning_of, status_of
from jobs.api.bodies import Body
from jobs.api.routing import Operation
from jobs.models import EntryRecord
from jobs.validation.query import Query
from jobs.validation.schemas import UntitledSchema, without
from jobs.web.refusals import RefusalBody

Json = dict[str, object]
Kinds = tuple[type[msgspec.Struct], ...]

REF_TEMPLATE = "#/components/schemas/{name}"
TEXT: Json = {"type": "string"}
PLACES = {
    "job_id": "The id of a job.",
    "step_id": "The id of a step.",
    "execution_id": "The id of a run, which is that of its job.",
    "name": "The name of a registered job.",
}
SECURITY_SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}


def described(operation: Operation) -> Json:
    responses: dict[str, Json] = {}
    for status in sorted({status_of(kind) for kind in operation.answers}):
        kinds = tuple(kind for kind in operation.answers if status_of(kind) == status)
        responses[str(status)] = {"description": when(kinds), "content": content_of(*kinds)}
    told: Json = {
        "operationId": operation.view.__name__,  # generated clients make method names of it
        "summary": operation.summary,
        "description": inspect.getdoc(operation.view) or "",
        "tags": [operation.tag],
        "parameters": [*map(path_parameter, operation.places), *query_parameters(operation.query)],
        "responses": {**responses, "default": REFUSED},
        "security": needing(operation.right),
    }
    if operation.body is not None:
        told["requestBody"] = {"required": operation.needs_body, "content": content_of(operation.body)}
    return told


def when(kinds: Kinds) -> str:
    meanings = ", or ".join(filter(None, map(meaning_of, kinds)))
    return meanings[:1].upper() + meanings[1:] if meanings else "OK"


def needing(right: str) -> list[Json]:
    """The `security` of an operation: a token or a session, with this scope or right."""
    return [{scheme: [right]} for scheme in SECURITY_SCHEMES]


def query_parameters(query: type[Query]) -> list[Json]:
    members = query.model_json_schema(schema_generator=UntitledSchema).get("properties", {})
    return [
        {
            "in": "query",
            "name": name,
            "description": schema.get("description", ""),
            "schema": without(schema, "description", "default"),
            "required": False,
        }
        for name, schema in members.items()
    ]


def path_parameter(name: str) -> Json:
    return {"in": "path", "name": name, "description": PLACES[name], "schema": TEXT, "required": True}


def content_of(*kinds: type[msgspec.Struct] | type[Body]) -> Json:
    references: list[Json] = [{"$ref": REF_TEMPLATE.format(name=kind.__name__)} for kind in kinds]
    return {"application/json": {"schema": references[0] if len(references) == 1 else {"oneOf": references}}}


REFUSED: Json = {"description": "Refused", "content": content_of(RefusalBody)}


def schemas_of(answers: Iterable[type[msgspec.Struct]], bodies: Iterable[type[Body]]) -> dict[str, Json]:
    """The schemas by name of these answers and bodies, of all that they contain, and of errors."""
    return {**schemas_of_answers(answers), **schemas_of_bodies(bodies)}


def schemas_of_bodies(bodies: Iterable[type[Body]]) -> dict[str, Json]:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(body, "validation") for body in bodies]
    template = REF_TEMPLATE.format(name="{model}")
    whole = models_json_schema(models, ref_template=template, schema_generator=UntitledSchema)
    found: dict[str, Json] = whole[1].get("$defs", {})
    return found


def schemas_of_answers(kinds: Iterable[type[msgspec.Struct]]) -> dict[str, Json]:
    components: dict[str, Json] = msgspec.json.schema_components(
        [*kinds, RefusalBody], schema_hook=schema_of_anything, ref_template=REF_TEMPLATE
    )[1]
    entry = components.get(EntryRecord.__name__)
    if entry is not None:  # msgspec takes a member that may be unset, but has no default, for one that is always there
        entry["required"] = [name for name in entry["properties"] if name not in ("ansi", "fields")]  # type: ignore[attr-defined]
    return components


def schema_of_anything(kind: type) -> Json:
    """What msgspec asks of types that it has no schema for: `object` holds any JSON."""
    return {"description": "any JSON"}
