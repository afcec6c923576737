"""Settings read one by one from texts, as those of the environment are, with what is wrong about them collected."""

from __future__ import annotations

import pwd
import re
from collections.abc import Mapping

from jobs.configuration.expressions import EXPLOSIVE, may_explode

Texts = tuple[str, ...]


class Variables:
    """Gives typed values, and keeps in `problems` a sentence for each wrong one.

    A reading never raises: the start then reports every wrong variable at once, not of one per attempt.
    A variable that is set but empty counts as not set, as compose files and CI systems pass them.
    (django-environ's own `str()` is not used: it takes `$` at the start of a value for the name of another
    variable, and would silently lose such a SECRET_KEY.)
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.names: list[str] = []
        self.problems: list[str] = []

    def wrong(self, name: str, value: object, allowed: str) -> None:
        self.problems.append(f"{name}={value!r} is not usable: it must be {allowed}.")

    def text(self, name: str, default: str = "") -> str:
        self.names.append(name)
        return self.variables.get(name, "").strip() or default

    def whole_number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if re.fullmatch(r"-?[0-9]{1,18}", value) and lowest <= int(value) <= highest:
            return int(value)
        self.wrong(name, value, f"a whole number from {lowest} to {highest}")
        return default

    def seconds(self, name: str, default: float, highest: int) -> float:
        value = self.text(name, str(default))
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) and float(value) <= highest:
            return float(value)
        self.wrong(name, value, f"a number of seconds from 0 to {highest}")
        return default

    def one_of(self, name: str, default: str, allowed: Texts) -> str:
        value = self.text(name, default).lower()
        if value not in allowed:
            self.wrong(name, value, f"one of {', '.join(allowed)}")
        return value

    def some_of(self, name: str, allowed: Texts) -> Texts:
        """Values between commas, each of them one of `allowed`; none by default."""
        chosen = self.list(name)
        if not set(chosen) <= set(allowed):
            self.wrong(name, ",".join(chosen), f"a list, separated by commas, of {', '.join(allowed)}")
        return chosen

    def names_of_variables(self, name: str) -> Texts:
        """Names of environment variables between commas; none by default."""
        chosen = self.list(name)
        if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", each) for each in chosen):
            self.wrong(name, ",".join(chosen), "a list, separated by commas, of names of environment variables")
        return chosen

    def names_of_modules(self, name: str, default: Texts) -> Texts:
        chosen = self.list(name) or default
        if not all(each.isidentifier() for each in chosen):
            self.wrong(name, ",".join(chosen), "a list, separated by commas, of names of modules, without dots")
        return chosen

    def user(self, name: str) -> str:
        """The name of a user of this machine who may not do everything; empty by default."""
        chosen = self.text(name)
        try:
            is_usable = not chosen or pwd.getpwnam(chosen).pw_uid != 0
        except (KeyError, ValueError):
            is_usable = False
        if not is_usable:
            self.wrong(name, chosen, "the name of a user of this machine, other than root")
        return chosen

    def patterns(self, name: str) -> Texts:
        """Regular expressions, one a line; none by default. (A comma may be part of one.)"""
        chosen = tuple(filter(None, (line.strip() for line in self.text(name).splitlines())))
        for pattern in chosen:
            try:
                matches_nothing = re.compile(pattern).fullmatch("") is not None
            except re.error as error:
                self.wrong(name, pattern, f"regular expressions, one a line ({error})")
                return ()
            if matches_nothing:
                self.wrong(name, pattern, "regular expressions, one a line, none of which matches an empty text")
            elif may_explode(pattern):
                self.wrong(name, pattern, "regular expressions, one a line, without " + EXPLOSIVE)
        return chosen

    def list(self, name: str) -> Texts:
        parts = (part.strip() for part in self.text(name).split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def unknown(self, prefix: str, *, but: re.Pattern[str]) -> Texts:
        """Names with `prefix` that are set and that nothing has read: mistyped ones, most likely."""
        names = (name for name in self.variables if name.startswith(prefix) and not but.fullmatch(name))
        return tuple(sorted(set(names) - set(self.names)))
