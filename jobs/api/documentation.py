"""What `/api/openapi.json` says beyond what ninja can see: answers, and the parameters of `jobs/queries/parameters.py`.

The tables of parameters are also what the routers accept: one that is missing here is refused there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from jobs import levels, statuses
from jobs.models import STREAMS, EntryRecord

Json = dict[str, object]
Kinds = tuple[type[msgspec.Struct], ...]

REF_TEMPLATE = "#/components/schemas/{name}"
TEXT: Json = {"type": "string"}
MOMENT: Json = {"type": "string", "format": "date-time"}
ID: Json = {"type": "string", "format": "uuid"}
NUMBER: Json = {"type": "integer", "minimum": 0}
COUNTED: Json = {"type": "integer", "minimum": 1}


class Parameter(msgspec.Struct):
    description: str
    schema: Json


class Refusal(msgspec.Struct):
    """Every error."""

    error: str  # what is wrong and what is allowed
    code: str
    detail: dict[str, object]


LIMIT = {"limit": Parameter("How many at most.", COUNTED)}
FILTER = {
    "step": Parameter("Entries of this step.", ID),
    "level": Parameter("Entries of this level or above.", {"enum": list(levels.NUMBERS)}),
    "stream": Parameter("Entries of this stream.", {"enum": list(STREAMS)}),
    "search": Parameter("A substring of the message, case-insensitive for ASCII.", TEXT),
    "from": Parameter("Not before this time.", MOMENT),
    "to": Parameter("Not after this time.", MOMENT),
    "first_line": Parameter("Not before this line.", COUNTED),
    "last_line": Parameter("Not after this line.", COUNTED),
}
PAGE = {
    "since": Parameter("The id of an entry: the next after it. 0: from the beginning.", NUMBER),
    "before": Parameter("The id of an entry: the last before it.", NUMBER),
    "offset": Parameter("From this matching entry on, the first being 0.", NUMBER),
}
CHILDREN = {
    "children": Parameter("1: entries of the job's descendants too, in the order of ids.", {"enum": ["0", "1"]})
}
JOB_LOG_PARAMETERS = {**FILTER, **CHILDREN, **LIMIT, **PAGE}
SERVICE_LOG_PARAMETERS = {"job": Parameter("Entries of this job.", ID), **FILTER, **LIMIT, **PAGE}
JOB_PARAMETERS = {
    "steps_since": Parameter(
        "A `revision` of the job: of more than 50 steps only those that changed at it or later.", NUMBER
    )
}
STEP_LIST_PARAMETERS = {**LIMIT, "cursor": Parameter("The member `next` of the page before.", NUMBER)}
JOB_LIST_PARAMETERS = {
    "status": Parameter(f"One or several of {', '.join(statuses.JOB_STATUSES)}, separated by commas.", TEXT),
    "kind": Parameter("Jobs of this kind.", TEXT),
    "name": Parameter("Jobs of exactly this name.", TEXT),
    "parent": Parameter("Jobs that this job spawned.", ID),
    "q": Parameter("A substring of the name, case-insensitive for ASCII.", TEXT),
    "created_from": Parameter("Not created before this time.", MOMENT),
    "created_to": Parameter("Not created after this time.", MOMENT),
    **LIMIT,
    "cursor": Parameter("The member `next` of the page before.", TEXT),
}

SECURITY_SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}


def documented(
    answer: type[msgspec.Struct],
    parameters: Mapping[str, Parameter] | None = None,
    body: type[msgspec.Struct] | None = None,
    *,
    right: str = "read",
    needs_body: bool = True,
    others: Mapping[int, tuple[str, Kinds]] | None = None,
) -> Json:
    """The `openapi_extra` of an operation that answers with `answer`, and takes `parameters` in its URL.

    `right`: what its caller needs. `others`: what else it may answer with, by status, with a word on when.
    """
    answers = {200: ("OK", (answer,)), **(others or {})}
    responses: dict[int | str, Json] = {
        status: {"description": when, "content": content_of(*kinds)} for status, (when, kinds) in answers.items()
    }
    responses["default"] = REFUSED
    described: Json = {
        "parameters": query_parameters(parameters or {}),
        "responses": responses,
        "security": needing(right),
    }
    if body is not None:
        described["requestBody"] = {"required": needs_body, "content": content_of(body)}
    return described


def needing(right: str) -> list[Json]:
    """The `security` of an operation: a token or a session, with this scope or right."""
    return [{scheme: [right]} for scheme in SECURITY_SCHEMES]


def query_parameters(parameters: Mapping[str, Parameter]) -> list[Json]:
    return [
        {"in": "query", "name": name, "description": each.description, "schema": each.schema, "required": False}
        for name, each in parameters.items()
    ]


def path_parameter(name: str, description: str) -> Json:
    return {"in": "path", "name": name, "description": description, "schema": TEXT, "required": True}


def content_of(*kinds: type[msgspec.Struct]) -> Json:
    references: list[Json] = [{"$ref": REF_TEMPLATE.format(name=kind.__name__)} for kind in kinds]
    return {"application/json": {"schema": references[0] if len(references) == 1 else {"oneOf": references}}}


REFUSED: Json = {"description": "Refused", "content": content_of(Refusal)}


def schemas_of(kinds: Iterable[type[msgspec.Struct]]) -> dict[str, Json]:
    """The schemas by name of these answers and bodies, of all that they contain, and of errors."""
    components: dict[str, Json] = msgspec.json.schema_components(
        [*kinds, Refusal], schema_hook=schema_of_anything, ref_template=REF_TEMPLATE
    )[1]
    entry = components.get(EntryRecord.__name__)
    if entry is not None:  # msgspec takes a member that may be unset, but has no default, for one that is always there
        entry["required"] = [name for name in entry["properties"] if name not in ("ansi", "fields")]  # type: ignore[attr-defined]
    return components


def schema_of_anything(kind: type) -> Json:
    """What msgspec asks of types that it has no schema for: `object` holds any JSON."""
    return {"description": "any JSON"}
