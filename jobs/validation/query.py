"""Parameters of a URL as a model: texts, each given once. What is wrong is refused by name, all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from jobs.errors import Refusal, Refusals
from jobs.validation.schemas import Schema

MAX_SHOWN = 100  # characters of a name or a value
MAX_ID = 2**63 - 1


class BadParameter(Refusal, ValueError):
    """A parameter with a value that is not allowed. The text names both.

    `detail` has `parameter`, `value` and `allowed`, and `problems`: what is wrong by name, of all that are wrong.
    """

    code = "bad_parameter"

    def __init__(self, name: str, value: object, allowed: str) -> None:
        text = str(value)[:MAX_SHOWN]
        problem = f"is {text!r}: it must be {allowed}"
        self.describe(f"{name}={text!r} is not allowed: {name} is {allowed}", name, text, allowed, problem)

    def describe(self, message: str, name: str, value: str, allowed: str, problem: str) -> None:
        problems = {name: problem}
        detail = {"parameter": name, "value": value, "allowed": allowed, "problems": problems}
        Refusal.__init__(self, message, detail=detail, problems=problems)
        self.name, self.value, self.allowed = name, value, allowed


class UnknownParameter(BadParameter):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        words = f"use some of {', '.join(known)}" if known else "there are none here"
        allowed = f"one of {', '.join(known)}" if known else "none"
        message = f"unknown parameter {name[:MAX_SHOWN]!r}: {words}"
        self.describe(message, name[:MAX_SHOWN], "", allowed, f"is unknown: {words}")


@dataclass(frozen=True)
class Text:
    """How the text of a parameter becomes a value: `read` raises ValueError for what is not allowed.

    `allowed` says in words what is; a function of none where settings decide. `schema` says it to programs.
    """

    read: Callable[[str], object]
    allowed: str | Callable[[], str]
    schema: Schema

    @property
    def words(self) -> str:
        return self.allowed if isinstance(self.allowed, str) else self.allowed()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: object) -> Schema:
        return dict(self.schema)


@dataclass(frozen=True)
class Texts:
    """A family of parameters, as `fields.shop=7&fields.total=3`: `fields.NAME` of the prefix `fields.`.

    `read` gets what stands for NAME, and the text; it raises ValueError for what is not allowed. The value is a tuple
    of what it has returned, in one order whatever the order in the URL.
    """

    prefix: str
    read: Callable[[str, str], object]
    words: str  # what is allowed
    schema: Schema
    most: int

    def has(self, name: str) -> bool:
        return name.startswith(self.prefix) and name != self.prefix

    def read_all(self, texts: Mapping[str, str], wrong: Refusals) -> tuple[Any, ...]:
        """`texts` by the whole name. What is not allowed is added to `wrong`."""
        values: list[Any] = []
        for name, text in texts.items():
            try:
                values.append(self.read(name.removeprefix(self.prefix), text))
            except ValueError:
                wrong.add(BadParameter(name[:MAX_SHOWN], text, self.words))
        if len(texts) > self.most:
            wrong.add(BadParameter(f"{self.prefix}NAME", f"{len(texts)} of them", f"given {self.most} times at most"))
        return tuple(sorted(values))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema()  # read already, each under its name

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: object) -> Schema:
        return dict(self.schema)


class Query(BaseModel):
    """A misspelt parameter is refused: a filter that was ignored would show the wrong logs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def families(cls) -> dict[str, Texts]:
        """By the name under which all that is given of a family is one value."""
        marks = ((field.alias or name, mark) for name, field in cls.model_fields.items() for mark in field.metadata)
        return {name: mark for name, mark in marks if isinstance(mark, Texts)}

    @classmethod
    def of_url(cls, query: QueryDict) -> Self:
        return cls.of({name: query.getlist(name) for name in query})

    @classmethod
    def of(cls, given: Mapping[str, str | Sequence[str]]) -> Self:
        """From texts by name, where an empty one is one that was not given. Raises BadParameter.

        Several for one name, as in a URL, are refused: neither would be the wish.
        """
        wrong = Refusals()
        texts = cls.texts_of(given, wrong)
        values: dict[str, Any] = {}
        for alias, family in cls.families().items():
            members = {name: texts.pop(name) for name in [*texts] if family.has(name)}
            if members:
                values[alias] = family.read_all(members, wrong)
        try:
            found = cls.model_validate({**texts, **values})
        except ValidationError as error:
            for each in error.errors(include_url=False):
                wrong.add(cls.wrong_value(str(each["loc"][0]), texts))
        wrong.end()
        return found

    @classmethod
    def texts_of(cls, given: Mapping[str, str | Sequence[str]], wrong: Refusals) -> dict[str, str]:
        """The text of each name. Names that are unknown or given several times are added to `wrong`."""
        known, families = cls.names(), cls.families().values()
        texts: dict[str, str] = {}
        for name, value in given.items():
            values = [value] if isinstance(value, str) else value
            if len(values) > 1:
                wrong.add(BadParameter(name, ", ".join(values), "to be given once"))
            elif not (name in known or any(family.has(name) for family in families)):
                wrong.add(UnknownParameter(name, known))
            elif values[0]:
                texts[name] = values[0]
        return texts

    @classmethod
    def wrong_value(cls, name: str, texts: Mapping[str, str]) -> BadParameter:
        field = next(each for key, each in cls.model_fields.items() if name == (each.alias or key))
        allowed = next(mark.words for mark in field.metadata if isinstance(mark, Text))
        return BadParameter(name, texts[name], allowed)


class NoParameters(Query):
    """One that was ignored would be taken for heeded."""


def whole_number(lowest: int, highest: int | Callable[[], int] = MAX_ID) -> Text:
    def most() -> int:
        return highest if isinstance(highest, int) else highest()

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 20 and lowest <= int(text) <= most()):
            raise ValueError(text)
        return int(text)

    def allowed() -> str:
        return f"a whole number from {lowest} {'up' if most() == MAX_ID else f'to {most()}'}"

    return Text(read, allowed, {"type": "integer", "minimum": lowest})


def one_of(allowed: Sequence[str]) -> Text:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return Text(read, f"one of {', '.join(allowed)}", {"enum": list(allowed)})
