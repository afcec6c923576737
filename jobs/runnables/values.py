"""Given parameters checked and converted, each for itself, so that one refusal names everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pydantic import ValidationError

from jobs.errors import Refusal
from jobs.runnables.parameters import Parameter, json_of
from jobs.runnables.texts import value_from
from jobs.storable import storable_json
from jobs.validation.problems import places
from jobs.validation.schemas import kind_of
from jobs.validation.wording import MAX_SHOWN, shown

NOT_GIVEN = object()

# What is wrong with several values together, by name; the values that are wrong by themselves are not among them.
Conflicts = Callable[[Mapping[str, object]], Mapping[str, str]]
STORABLE = (
    "storable: no NUL, no broken characters, no NaN, no whole number of over 4,300 digits, not nested deeper than 40"
)


class BadParameters(Refusal, ValueError):
    """Parameters that are not allowed. `problems` says, by name, what is wrong and what is allowed."""

    code = "bad_parameters"

    def __init__(self, problems: Mapping[str, str]) -> None:
        text = "; ".join(f"{name} {problem}" for name, problem in problems.items())
        super().__init__(text, detail={"problems": dict(problems)}, problems=problems)


class WrongValue(ValueError):
    """What is wrong with one value: the words after the parameter's name."""


def no_conflicts(values: Mapping[str, object]) -> Mapping[str, str]:
    return {}


def converted(
    parameters: Iterable[Parameter],
    given: Mapping[str, object],
    *,
    from_text: bool = False,
    conflicts: Conflicts = no_conflicts,
) -> dict[str, object]:
    """The value of every parameter, with its default where it was not given. Raises BadParameters."""
    by_name = {parameter.name: parameter for parameter in parameters}
    problems = {str(name)[:MAX_SHOWN]: unknown(by_name) for name in given if name not in by_name}
    values: dict[str, object] = {}
    for name, parameter in by_name.items():
        try:
            values[name] = value_of(parameter, given.get(name, NOT_GIVEN), from_text)
        except WrongValue as problem:
            problems[name] = str(problem)
    problems |= conflicts(values)
    if problems:
        raise BadParameters(problems)
    return values


def unknown(known: Iterable[str]) -> str:
    names = ", ".join(known)
    return f"is unknown: use some of {names}" if names else "is unknown: there are no parameters"


def value_of(parameter: Parameter, value: object, from_text: bool) -> object:
    if from_text and value is not NOT_GIVEN:
        value = from_texts(parameter, value)
    if value is NOT_GIVEN:
        if parameter.is_required:
            raise WrongValue(f"is missing: it must be {parameter.allowed}")
        value = parameter.default
    try:
        found = parameter.read(value)
    except ValidationError as error:
        raise WrongValue(refusal(parameter, value, error)) from None
    except (ValueError, RecursionError):  # numbers and lists that Python does not write as JSON
        raise WrongValue(f"must be {STORABLE}") from None
    if not is_storable(found):
        raise WrongValue(f"must be {STORABLE}")
    return found


def from_texts(parameter: Parameter, value: object) -> object:
    """JSON data from a text, or from the texts of a parameter that is given several times."""
    schema = parameter.schema
    if isinstance(value, list | tuple):
        if kind_of(schema) == "array" and len(value) > 1:
            return [value_from(schema.get("items", {}), str(text)) for text in value if str(text).strip()]
        if kind_of(schema) == "boolean":
            value = value[-1:]  # the box, when it is checked, after the hidden field that says false
        if len(value) > 1:
            raise WrongValue(f"is given {len(value)} times: it can be given once")
        value = value[0] if value else ""
    if not isinstance(value, str):
        return value
    if value == "" and not parameter.is_required:
        return NOT_GIVEN
    if value == "" and parameter.is_nullable:
        return None
    return value_from(schema, value)


def refusal(parameter: Parameter, value: object, error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in errors):
        return f"must be {STORABLE}"
    text = f"must be {parameter.allowed}"
    return text if parameter.is_secret else f"{text}, not {shown(value)}{places(errors, value, depth=0)}"


def is_storable(value: object) -> bool:
    plain = json_of(value)
    return storable_json(plain) == plain
