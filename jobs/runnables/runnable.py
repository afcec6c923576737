"""A registered job: what there is to know of it before it runs, and the call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass

from jobs.runnables.forms import FormField, form_fields_of
from jobs.runnables.parameters import Function, Parameter, json_of
from jobs.runnables.schema import schema_of
from jobs.runnables.values import Conflicts, converted, no_conflicts


@dataclass(frozen=True, slots=True)
class Runnable:
    name: str
    function: Function
    origin: tuple[str, str]
    """The module that it comes from, and its name there."""
    parameters: tuple[Parameter, ...]
    conflicts: Conflicts = no_conflicts
    description: str = ""
    steps: tuple[str, ...] = ()
    timeout_s: float | None = None
    retries: int = 0
    concurrency: str = "allow"

    @property
    def secret_names(self) -> frozenset[str]:
        return frozenset(parameter.name for parameter in self.parameters if parameter.is_secret)

    def convert(self, given: Mapping[str, object], *, from_text: bool = False) -> dict[str, object]:
        """The arguments for the function, defaults included. Raises BadParameters.

        `given` is JSON data. With `from_text` it is text, as forms and command lines have it: a value, or a list of
        them where a name came several times; an empty text is a value that was not given.
        """
        return converted(self.parameters, given, from_text=from_text, conflicts=self.conflicts)

    def split(
        self, given: Mapping[str, object], *, from_text: bool = False
    ) -> tuple[dict[str, object], dict[str, str]]:
        """What to keep so that a run, and every rerun, is called with the same: JSON data, and the secrets apart.

        Defaults are filled in: the same again must not become something else when a default changes. A secret
        that is None is among the first. Together they are what `convert` and `call` take. Raises BadParameters.
        """
        values = self.convert(given, from_text=from_text)
        secrets = {name: str(values[name]) for name in self.secret_names if values[name] is not None}
        return {name: json_of(value) for name, value in values.items() if name not in secrets}, secrets

    def schema(self) -> dict[str, object]:
        """The JSON Schema of `given`."""
        return schema_of(self.parameters)

    def form_fields(self) -> list[FormField]:
        """The fields of a form whose texts `convert` takes with `from_text`.

        A box that is not checked is not sent: send a hidden field of the same name with `false` before it.
        """
        return form_fields_of(self.parameters)

    def call(self, given: Mapping[str, object]) -> object:
        """Calls the function with these parameters, as JSON data; runs it to its end when it is a coroutine.

        What it returns. Raises BadParameters, and what the function raises.
        """
        returned = self.function(**self.convert(given))
        return asyncio.run(returned) if inspect.iscoroutine(returned) else returned
