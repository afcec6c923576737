"""Log text made harmless for a terminal: pure functions.

Whoever writes a log line must not be able to clear the screen of its reader, move the cursor, set the window's
title, turn the text around or forge a line by a carriage return. What could do that is shown, not obeyed.
"""

from __future__ import annotations

import re
from functools import lru_cache

# C0 and DEL, C1 (some terminals obey U+009B as ESC [), line and paragraph separators, everything that reorders
# text, lone surrogates (which no encoding takes). Joiners stay: emoji and several scripts need them.
UNSAFE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb"
UNSAFE_CHARACTER = re.compile(f"[{UNSAFE}]")
UNSAFE_IN_NAME = re.compile(f"[\t\n{UNSAFE}]")
UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]")

SGR = r"\x1b\[[0-9;:]{0,64}m"
# Every gcc and grep ends each colour with "erase to the end of the line", tput resets the character set with it,
# progress displays hide the cursor. At the place of a log line these mean nothing, and showing them would bury it.
NOISE = r"\x1b\[[012]?K|\x1b\(B|\x1b\[\?25[hl]|\x0f(?=\x1b|$)"
COLOURED_TOKEN = re.compile(f"({SGR})|({NOISE})|[{UNSAFE}]")
RESET = "\x1b[0m"
CONCEAL = 8

SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\x07": "\\a", "\x0b": "\\v", "\x0c": "\\f"}


def visible(match: re.Match[str]) -> str:
    """An unsafe character as one would write it in a program: `\\r`, `\\x1b`, `\\u202e`."""
    character = match[0]
    if character in SHORT:
        return SHORT[character]
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"


def plain_text(text: str) -> str:
    """`text` with everything unsafe made visible; tabs and line ends stay."""
    return UNSAFE_CHARACTER.sub(visible, text.replace("\r\n", "\n"))


def plain_name(name: str) -> str:
    """A name, which is one line: line ends and tabs are made visible as well."""
    return name if name.isprintable() else UNSAFE_IN_NAME.sub(visible, name)


def coloured_text(text: str) -> str:
    """As `plain_text`, but colours stay. They reach to the end of their line, and no further."""
    text = COLOURED_TOKEN.sub(coloured_token, text.replace("\r\n", "\n"))
    return "\n".join(f"{line}{RESET}" if "\x1b" in line else line for line in text.split("\n"))


def coloured_token(match: re.Match[str]) -> str:
    if match.lastindex is None:
        return visible(match)
    if match.lastindex == 1 and not conceals(match[0]):
        return match[0]
    return ""


@lru_cache(maxsize=1024)
def conceals(sequence: str) -> bool:
    """Whether an SGR sequence makes text invisible: parameter 8, unless it is part of a colour's number."""
    parameters = iter(sequence[2:-1].split(";"))
    for parameter in parameters:
        if parameter in ("38", "48", "58"):
            for _ in range({"5": 1, "2": 3}.get(next(parameters, ""), 0)):
                next(parameters, None)
        elif parameter.isdigit() and int(parameter) == CONCEAL:
            return True
    return False


def json_text(line: bytes) -> bytes:
    """JSON, escaped further so that a terminal obeys nothing in it. It means the same."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", line.decode()).encode()
