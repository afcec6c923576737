"""What a schema lets through, in words: the end of "must be ..."."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.storable import json_text, storable_json
from jobs.text.commands import shortened
from jobs.validation.schemas import Schema, choices_of, kind_of

READER = "x-reader"  # in a schema: the name of the function that a text must please
MAX_SHOWN = 100  # characters of a wrong value

PLAIN = {
    "any": "any JSON",
    "null": "null",
    "boolean": "true or false",
    "base64": "text in Base64",
    "date-time": "a time in RFC 3339, as 2026-01-31T12:00:00Z",
    "local-date-time": "a time without a zone, as 2026-01-31T12:00:00",
    "date": "a date, as 2026-01-31",
    "time": "a time of day, as 12:30:00",
    "duration": "a duration in ISO 8601, as PT1H30M",
    "uuid": "a UUID",
    "decimal": "a number",
}


def allowed(schema: Schema) -> str:
    """Of a schema without references."""
    kind = kind_of(schema)
    if kind == "choice":
        return one_of(choices_of(schema))
    if kind == "union":
        return " or ".join(map(allowed, schema["anyOf"]))
    if kind in ("integer", "number"):
        return number(schema)
    if kind in ("array", "object"):
        return a_list(schema) if kind == "array" else an_object(schema)
    return PLAIN.get(kind) or text(schema)


def number(schema: Schema) -> str:
    noun = "a whole number" if schema["type"] == "integer" else "a number"
    if "minimum" in schema and "maximum" in schema:
        bounds = [f"from {schema['minimum']} to {schema['maximum']}"]
    else:
        named = {"minimum": "from {} up", "exclusiveMinimum": "above {}", "maximum": "up to {}"}
        named["exclusiveMaximum"] = "below {}"
        bounds = [words.format(schema[key]) for key, words in named.items() if key in schema]
    multiple = f"that is a multiple of {schema['multipleOf']}" if "multipleOf" in schema else ""
    return " ".join(filter(None, [noun, " and ".join(bounds), multiple]))


def text(schema: Schema) -> str:
    pattern = f" that matches the pattern {schema['pattern']}" if "pattern" in schema else ""
    reader = f" that {schema[READER]} takes" if READER in schema else ""
    return f"text{size(schema, 'Length', 'characters')}{pattern}{reader}"


def a_list(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"a list of {', then '.join(map(allowed, schema['prefixItems']))}"
    return f"a list{size(schema, 'Items', 'items')}{each('each item', schema.get('items'))}"


def an_object(schema: Schema) -> str:
    if "properties" in schema:
        return f"an object with {', '.join(schema['properties'])}"
    return f"an object{size(schema, 'Properties', 'members')}{each('each value', schema.get('additionalProperties'))}"


def size(schema: Schema, of: str, noun: str) -> str:
    least, most = schema.get(f"min{of}"), schema.get(f"max{of}")
    if least is not None and least == most:
        return f" of exactly {most} {noun}"
    if least is not None and most is not None:
        return f" of {least} to {most} {noun}"
    if least is not None:
        return f" of at least {least} {noun}"
    return "" if most is None else f" of at most {most} {noun}"


def each(words: str, schema: Schema | bool | None) -> str:
    if not isinstance(schema, dict) or kind_of(schema) == "any":
        return ""
    return f", {words} {allowed(schema)}"


def one_of(values: Iterable[object]) -> str:
    return f"one of {', '.join('null' if value is None else str(value) for value in values)}"


def shown(value: object) -> str:
    """A wrong value, for a message."""
    whole = repr(value) if isinstance(value, str) else json_text(storable_json(value))
    return shortened(whole, MAX_SHOWN)
