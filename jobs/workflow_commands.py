r"""Lines by which a program structures its own log: GitHub's `::group::` family and GitLab's sections.

::group::NAME        ::endgroup::        ::progress::45
::error::text        ::warning file=a.py,line=3::text        ::notice::text        ::debug::text
section_start:TIME:NAME[options]\r\x1b[0KHeader        section_end:TIME:NAME\r\x1b[0K
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ANNOTATION_LEVELS = {"debug": "debug", "notice": "info", "warning": "warn", "error": "error"}
MAX_NAME_CHARACTERS = 200

_COMMAND = re.compile(r"\s*::(group|endgroup|progress|error|warning|notice|debug)(?: ([^\r\n]*?))?::(.*)", re.S)
_SECTION = re.compile(
    r"(?:\x1b\[[\d;]*[A-Za-z])*section_(start|end):\d+:([^\s\[\]\x1b]+)(?:\[[^\]\r\n]*\])?\s*(?:\x1b\[0?K)?(.*)", re.S
)
_ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_ESCAPE = re.compile("%(?:0D|0A|3A|2C|25)")


@dataclass(frozen=True, slots=True)
class GroupStart:
    """Opens a step. `text` is what stood on the same line after a GitLab marker."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """Closes the innermost open step, or the one that is named."""

    name: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    percent: float


@dataclass(frozen=True, slots=True)
class Annotation:
    """A line whose level the program states outright, with GitHub's parameters (file, line ...) as fields."""

    level: str
    message: str
    fields: dict[str, object] = field(default_factory=dict)


Command = GroupStart | GroupEnd | Progress | Annotation


def parse_command(line: str) -> Command | None:
    """The command that `line` is; None for an ordinary line, also for a command that makes no sense."""
    if "section_" in line[:64]:
        return _section(line)
    if "::" not in line[:64]:
        return None
    match = _COMMAND.match(line)
    if match is None:
        return None
    name, parameters, text = match.groups()
    if name == "group":
        return GroupStart(_name_of(text)) if text.strip() else None
    if name == "endgroup":
        return GroupEnd()
    if name == "progress":
        return _progress(text)
    return Annotation(ANNOTATION_LEVELS[name], _unescaped(text), _fields_of(parameters or ""))


def _section(line: str) -> Command | None:
    match = _SECTION.match(line)
    if match is None:
        return None
    edge, name, text = match[1], _name_of(match[2]), match[3]
    return GroupStart(name, text) if edge == "start" else GroupEnd(name, text)


def _progress(text: str) -> Progress | None:
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return Progress(percent) if 0 <= percent <= 100 else None


def _name_of(text: str) -> str:
    return shortened(_unescaped(text).strip(), MAX_NAME_CHARACTERS)


def shortened(text: str, length: int) -> str:
    """`text`, ending in an ellipsis where it was longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _fields_of(parameters: str) -> dict[str, object]:
    pairs = (pair.partition("=") for pair in parameters.split(","))
    return {key.strip(): _number_or_text(_unescaped(value)) for key, equals, value in pairs if equals}


def _number_or_text(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[0]], text) if "%" in text else text
