"""What an order may ask for: each check refuses what is wrong by the name of its part, and then there is no job."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence

from jobs import conf
from jobs.errors import Forbidden, Refusal, Refusals
from jobs.runnables.values import STORABLE
from jobs.running.ordering.specs import (
    ProgramSpec,
    Spec,
)
from jobs.secrets.masking import Masker
from jobs.secrets.names import is_sensitive
from jobs.storable import MAX_NAME_CHARACTERS, storable_json
from jobs.terms.languages import LANGUAGES
from jobs.terms.sizes import MIB

MAX_PROGRAM_BYTES = MIB
MAX_PARAMETERS_BYTES = 64 * 1024  # as JSON in ASCII: they reach the program by one variable of its environment
MAX_PARAMETER_NAME_CHARACTERS = 200
MAX_ATTRIBUTES_BYTES = 64 * 1024  # every row of a list has them
CONTROL_CHARACTERS = ("Cc", "Cs", "Zl", "Zp")  # surrogates and line ends among them
MAX_TIMEOUT_S = 7 * 24 * 3600


class BadOrder(Refusal):
    code = "bad_parameter"

    def __init__(self, name: str, problem: str, *, status: int = 400, code: str = "bad_parameter") -> None:
        detail = {"parameter": name, "problem": problem}
        super().__init__(f"{name} {problem}", status=status, code=code, detail=detail, problems={name: problem})


def require_no_secret(spec: Spec, masker: Masker) -> None:
    """Refuses what would keep a secret of the parent in the spec."""
    if isinstance(spec, ProgramSpec) and masker.finds_secret(spec.program):
        raise BadOrder("program", "has a secret of its parent in its text: give it as a parameter")
    for name, value in spec.parameters.items():
        if masker.finds_secret(storable_json({name: value})):
            shown = masker.mask(name)
            raise BadOrder(f"parameters.{shown}", "has a secret of its parent, which only a secret parameter may have")


def require_size(name: str, value: Mapping[str, object], most: int) -> None:
    size = len(json.dumps(storable_json(value)))
    if size > most:
        raise BadOrder(name, f"takes {size} bytes as JSON: at most {most}", status=413, code="too_large")


def require_program(program: str) -> None:
    if not program.strip():
        raise BadOrder("program", "is empty: give the text to run")
    size = len(program.encode("utf-8", "surrogatepass"))
    if size > MAX_PROGRAM_BYTES:
        raise BadOrder("program", f"has {size} bytes: at most {MAX_PROGRAM_BYTES}", status=413, code="too_large")
    if "\0" in program:
        raise BadOrder("program", "has a NUL character, which no language allows")
    if any("\ud800" <= character <= "\udfff" for character in program):
        raise BadOrder("program", "has a lone surrogate, which no file can hold")


def require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise BadOrder("language", f"is {language[:100]!r}: use one of {', '.join(LANGUAGES)}")
    allowed = conf.programs()
    if language not in allowed:
        there = f"only {', '.join(allowed)}" if allowed else "no programs at all"
        raise Forbidden(
            f"{language} programs may not be run here: QUAERO_PROGRAMS allows {there}",
            code="programs_off",
            detail={"allowed": list(allowed)},
        )


def checked_timeout(timeout: float | None) -> float | None:
    if timeout is not None and not 0 < timeout <= MAX_TIMEOUT_S:
        raise BadOrder("timeout", f"is {timeout:g}: seconds, more than 0 and at most {MAX_TIMEOUT_S} (7 days)")
    return timeout


def checked_name(name: str) -> str:
    if not name.strip():
        raise BadOrder("name", "is empty: leave it out, or give one")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadOrder("name", f"has {len(name)} characters: at most {MAX_NAME_CHARACTERS}")
    if any(unicodedata.category(character) in CONTROL_CHARACTERS for character in name):
        raise BadOrder("name", "has a control character (NUL, a line break or the like), which is not allowed")
    return name.strip()


def divided(parameters: Mapping[str, object], secrets: Sequence[str]) -> tuple[dict[str, object], dict[str, str]]:
    """The parameters that may be seen, and the secret ones as texts."""
    unknown = sorted(set(secrets) - parameters.keys())
    if unknown:
        raise BadOrder("secrets", f"names {', '.join(unknown)[:200]}, of which no parameter has the name")
    require_parameters(parameters)
    secret_names = {*secrets, *filter(is_sensitive, parameters)}
    hidden = {name: secret_text(name, value) for name, value in parameters.items() if name in secret_names}
    return {name: value for name, value in parameters.items() if name not in hidden}, hidden


def require_parameters(parameters: Mapping[str, object]) -> None:
    require_size("parameters", parameters, MAX_PARAMETERS_BYTES)
    wrong = Refusals()
    for name, value in parameters.items():
        if not 0 < len(name) <= MAX_PARAMETER_NAME_CHARACTERS or storable_json(name) != name:
            problem = (
                f"has a name that is not 1 to {MAX_PARAMETER_NAME_CHARACTERS} characters without NUL: {name[:50]!r}"
            )
            wrong.add(BadOrder("parameters", problem))
        elif storable_json(value) != value:
            wrong.add(BadOrder(f"parameters.{name}", f"must be {STORABLE}"))
    wrong.end()


def secret_text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise BadOrder(f"parameters.{name}", "is secret: such a value is a text or a number")
