"""The JSON Schema of a runnable's parameters, for programs that fill them in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import inspect as types

from jobs.runnables.parameters import Parameter

Json = dict[str, object]


def schema_of(parameters: Sequence[Parameter]) -> Json:
    schemas, definitions = msgspec.json.schema_components(
        [parameter.annotation for parameter in parameters if not parameter.choices], ref_template="#/$defs/{name}"
    )
    ahead = iter(schemas)
    whole: Json = {
        "type": "object",
        "properties": {
            parameter.name: {**(choice(parameter) if parameter.choices else next(ahead)), **said_of(parameter)}
            for parameter in parameters
        },
        "required": [parameter.name for parameter in parameters if parameter.is_required],
        "additionalProperties": False,
    }
    return {**whole, "$defs": definitions} if definitions else whole


def choice(parameter: Parameter) -> Json:
    """Written here, as msgspec sorts what is declared in an order that people chose."""
    return {"enum": [*parameter.choices, *([None] if parameter.is_nullable else [])]}


def said_of(parameter: Parameter) -> Json:
    """What msgspec does not know of a parameter. The default of a secret is one, too."""
    said: Json = {}
    if parameter.title:
        said["title"] = parameter.title
    if parameter.description:
        said["description"] = parameter.description
    if isinstance(parameter.kind, types.DateTimeType) and parameter.kind.tz is not False:
        said["format"] = "date-time"
    if parameter.is_secret:
        return {**said, "writeOnly": True, "format": "password"}
    return said if parameter.is_required else {**said, "default": parameter.default}
