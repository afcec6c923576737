r"""Lines by which a program structures its own log: GitHub's `::group::` family and GitLab's sections.

::group::NAME        ::endgroup::        ::progress::45
::endgroup status=failed::the reason
::error::text        ::warning file=a.py,line=3::text        ::notice::text        ::debug::text
::add-mask::VALUE    ::stop-commands::TOKEN ... ::TOKEN::
section_start:TIME:NAME[options]\r\x1b[0KHeader        section_end:TIME:NAME\r\x1b[0K

What a program reports as data (`::result::`, `::entry::`, `::spawn::`, `::failure::`) is read in `reports`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.text.reports import Failure, Report, Result, Spawn, parse_failure, parse_report, parse_result, parse_spawn

ANNOTATION_LEVELS = {"debug": "debug", "notice": "info", "warning": "warn", "error": "error"}
MAX_NAME_CHARACTERS = 200

_COMMAND = re.compile(
    r"\s*::(group|endgroup|progress|error|warning|notice|debug|result|entry|spawn|failure|add-mask|stop-commands)"
    r"(?: ([^\r\n]*?))?::(.*)",
    re.S,
)
_SECTION = re.compile(
    r"(?:\x1b\[[\d;]*[A-Za-z])*section_(start|end):\d+:([^\s\[\]\x1b]+)(?:\[[^\]\r\n]*\])?\s*(?:\x1b\[0?K)?(.*)", re.S
)
_ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_ESCAPE = re.compile("%(?:0D|0A|3A|2C|25)")
_ESCAPE_IN_VALUES = re.compile("%(?:0D|0A|25)")


@dataclass(frozen=True, slots=True)
class GroupStart:
    """Opens a step. `text` is the rest of the line after a GitLab marker.

    The name is as the program wrote it. The recorder shortens it (`short_name`) after masking, so that no secret is
    cut in two.
    """

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """Closes the innermost open step, or the step `name`; `is_failed` with the reason in `error`."""

    name: str | None = None
    text: str = ""
    is_failed: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the job is done: `percent` from 0 to 100."""

    percent: float


@dataclass(frozen=True, slots=True)
class Annotation:
    """A line with a level that the program names, and with GitHub's parameters (file, line ...) as fields."""

    level: str
    message: str
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddMask:
    """A secret that is masked from here on. A program may have escaped it or not, so both spellings are secrets."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopCommands:
    """The lines that follow are ordinary ones, until the line `::TOKEN::`."""

    token: str


@dataclass(frozen=True, slots=True)
class ResumeCommands:
    """The line `::TOKEN::`, after which lines can be commands again."""


Command = (
    GroupStart
    | GroupEnd
    | Progress
    | Annotation
    | Result
    | Report
    | Spawn
    | Failure
    | AddMask
    | StopCommands
    | ResumeCommands
)


class CommandReader:
    """Finds the commands in one program's output. A program stops commands while it prints text of others."""

    def __init__(self) -> None:
        self._token: str | None = None

    def parse(self, line: str) -> Command | None:
        """As `parse_command`. While commands are stopped, None for every line but the one that resumes them."""
        if self._token is not None:
            return self._resumed(line)
        command = parse_command(line) if "::" in line or "section_" in line else None
        if isinstance(command, StopCommands):
            self._token = command.token
        return command

    def _resumed(self, line: str) -> ResumeCommands | None:
        if not line.lstrip().casefold().startswith(f"::{self._token}::"):
            return None
        self._token = None
        return ResumeCommands()


def parse_command(line: str) -> Command | None:
    """The command in `line`; None for an ordinary line and for a command that makes no sense."""
    if "section_" in line[:64]:
        return _section(line)
    if "::" not in line[:64]:
        return None
    match = _COMMAND.match(line)
    if match is None:
        return None
    name, parameters, text = match.groups()
    if name in ANNOTATION_LEVELS:
        return Annotation(ANNOTATION_LEVELS[name], _unescaped(text), _fields_of(parameters or ""))
    if name == "endgroup":
        return _group_end(_fields_of(parameters or ""), text)
    return _PARSERS[name](text)


def _group_start(text: str) -> GroupStart | None:
    return GroupStart(_unescaped(text).strip()) if text.strip() else None


def _group_end(parameters: dict[str, object], text: str) -> GroupEnd:
    is_failed = parameters.get("status") == "failed"
    return GroupEnd(is_failed=is_failed, error=_unescaped(text).strip() if is_failed else "")


def _section(line: str) -> Command | None:
    match = _SECTION.match(line)
    if match is None:
        return None
    edge, name, text = match[1], _unescaped(match[2]).strip(), match[3]
    return GroupStart(name, text) if edge == "start" else GroupEnd(name, text)


def _progress(text: str) -> Progress | None:
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return Progress(percent) if 0 <= percent <= 100 else None


def short_name(text: str) -> str:
    """`text` as the name of a step: MAX_NAME_CHARACTERS at most."""
    return shortened(text, MAX_NAME_CHARACTERS)


def shortened(text: str, length: int) -> str:
    """`text`, cut to `length` characters, the last of which is then an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _add_mask(text: str) -> AddMask:
    """Blank characters around the value are not part of the secret."""
    value = text.strip()
    unescaped = _ESCAPE_IN_VALUES.sub(lambda escape: _ESCAPES[escape[0]], value)
    return AddMask(tuple(dict.fromkeys(value for value in (unescaped, value) if value.strip())))


def _stop_commands(text: str) -> StopCommands | None:
    """None for a token that is the name of a command: text of others could then resume commands by chance."""
    token = _unescaped(text).strip().casefold()
    return StopCommands(token) if token and not _COMMAND.match(f"::{token}::") else None


def _fields_of(parameters: str) -> dict[str, object]:
    pairs = (pair.partition("=") for pair in parameters.split(","))
    return {key.strip(): _number_or_text(_unescaped(value)) for key, equals, value in pairs if equals}


def _number_or_text(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[0]], text) if "%" in text else text


_PARSERS: dict[str, Callable[[str], Command | None]] = {
    "group": _group_start,
    "progress": _progress,
    "result": parse_result,
    "entry": parse_report,
    "spawn": parse_spawn,
    "add-mask": _add_mask,
    "stop-commands": _stop_commands,
    "failure": lambda text: parse_failure(_unescaped(text)),
}
