"""The JSON Schema of a runnable's parameters, for programs that fill them in."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from jobs.runnables.parameters import Parameter
from jobs.validation.schemas import Schema, UntitledSchema


def schema_of(parameters: Sequence[Parameter]) -> Schema:
    schemas, beside = TypeAdapter.json_schemas(
        [(parameter.name, "validation", parameter.adapter) for parameter in parameters], schema_generator=UntitledSchema
    )
    whole: Schema = {
        "type": "object",
        "properties": {each.name: {**schemas[each.name, "validation"], **said_of(each)} for each in parameters},
        "required": [each.name for each in parameters if each.is_required],
        "additionalProperties": False,
    }
    return {**whole, **beside}


def said_of(parameter: Parameter) -> Schema:
    """What its type does not say. The default of a secret is one, too."""
    if parameter.is_secret:
        return {"writeOnly": True, "format": "password"}
    return {} if parameter.is_required else {"default": parameter.default}
