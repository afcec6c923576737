"""JSON Schema as pydantic makes it from a type, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}


class UntitledSchema(GenerateJsonSchema):
    """Without the titles that pydantic makes of names: a title is what an author has written."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        whole = super().generate(schema, mode)
        drop_names({**whole.get("$defs", {}), "": whole})
        return whole

    def generate_definitions(self, inputs: Any) -> Any:
        schemas, definitions = super().generate_definitions(inputs)
        drop_names(definitions)
        return schemas, definitions

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def drop_names(definitions: Mapping[Any, Schema]) -> None:
    for name, definition in definitions.items():
        if definition.get("title") in ("", name):
            del definition["title"]


def schema_of(adapter: TypeAdapter[Any]) -> Schema:
    return adapter.json_schema(schema_generator=UntitledSchema)


def resolved(schema: Schema, definitions: Mapping[str, Schema] | None = None, above: tuple[str, ...] = ()) -> Schema:
    """The same without references. What is within itself has no members there."""
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in above:
            return {"type": "object"}
        return {**resolved(definitions[name], definitions, (*above, name)), **without(schema, "$ref")}
    return {key: resolved_member(value, definitions, above) for key, value in schema.items() if key != "$defs"}


def resolved_member(value: Any, definitions: Mapping[str, Schema], above: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return resolved(value, definitions, above)
    if isinstance(value, list):
        return [resolved_member(each, definitions, above) for each in value]
    return value


def without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def without_null(schema: Schema) -> tuple[Schema, bool]:
    """The schema without null, and whether null was allowed."""
    if None in schema.get("enum", ()):
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}, True
    if NULL not in schema.get("anyOf", ()):
        return schema, False
    rest = [each for each in schema["anyOf"] if each != NULL]
    outside = without(schema, "anyOf")
    return ({**rest[0], **outside} if len(rest) == 1 else {"anyOf": rest, **outside}), True


def kind_of(schema: Schema) -> str:
    """A word for what it lets through: an encoding, a format, a type, `choice`, `union` or `any`."""
    if "enum" in schema or "const" in schema:
        return "choice"
    if "anyOf" in schema:
        return "union"
    return str(schema.get("contentEncoding") or schema.get("format") or schema.get("type") or "any")


def choices_of(schema: Schema) -> list[Any]:
    return list(schema.get("enum", [schema["const"]] if "const" in schema else []))
