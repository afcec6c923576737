"""Makes log text harmless for a terminal. Pure functions.

The writer of a log line must not be able to clear the reader's screen, move the cursor, set the window's title, reorder
text or forge a line by a carriage return. Characters that could do that, and invisible ones, are shown as their codes.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

# C0 and DEL, C1 (some terminals obey U+009B as ESC [), line and paragraph separators, lone surrogates (which no
# encoding takes), everything that reorders text, and invisible characters: spaces of no width, fillers, soft hyphens.
FORMATS = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# Joiners and selectors mean something between letters of scripts that join them, and in emoji; elsewhere they hide.
JOINING = (
    "\u0600-\u08ff\u0900-\u109f\u1780-\u17b3\u17b6-\u17ff\u1800-\u180d\u180f-\u18af\u1900-\u1cff\ua800-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
EMOJI = "\u00a9\u00ae\u203c-\u2b55\u3030-\u3299\U0001f000-\U0001faff"
IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SELECTED = f"{EMOJI}{IDEOGRAPHS}\u1000-\u109f\ua840-\ua87f\u2010-\u2027\u3000-\u302f\U00010ac0-\U00010aff"
FLAG_OF = "\U0001f3f4\U000e0067\U000e0062"  # England, Scotland and Wales are a black flag and tags
ENGLAND, SCOTLAND, WALES = (
    "\U000e0065\U000e006e\U000e0067",
    "\U000e0073\U000e0063\U000e0074",
    "\U000e0077\U000e006c\U000e0073",
)
FLAGS = f"{FLAG_OF}(?:{ENGLAND}|{SCOTLAND}|{WALES})\U000e007f"
OUT_OF_PLACE = (
    f"\u200c(?!(?<=[{JOINING}]\u200c)[{JOINING}])"
    f"|\u200d(?!(?<=[{JOINING}]\u200d)[{JOINING}]|(?<=[{EMOJI}\ufe0f]\u200d)[{EMOJI}])"
    f"|[\u180b-\u180d\u180f](?<![\u1820-\u18aa].)"
    f"|[\ufe00-\ufe0f](?<![{SELECTED}].)(?!(?<=[0-9#*]\ufe0f)\u20e3)"
    f"|[\U000e0100-\U000e01ef](?<![{IDEOGRAPHS}].)"
)
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
UNSAFE = f"{FLAGS}|[{CONTROLS}{FORMATS}]|{OUT_OF_PLACE}"
UNSAFE_CHARACTER = re.compile(UNSAFE)
UNSAFE_IN_NAME = re.compile(f"[\t\n]|{UNSAFE}")
UNSAFE_IN_JSON = re.compile(f"{FLAGS}|[\x7f-\x9f{FORMATS}]|{OUT_OF_PLACE}")

SGR = r"\x1b\[[0-9;:]{0,64}m"
# Every gcc and grep ends each colour with "erase to the end of the line", tput resets the character set with it,
# progress displays hide the cursor. In a log line these mean nothing, and showing them would make it unreadable.
NOISE = r"\x1b\[[012]?K|\x1b\(B|\x1b\[\?25[hl]|\x0f(?=\x1b|$)"
COLOURED_TOKEN = re.compile(f"({SGR})|({NOISE})|{UNSAFE}")
RESET = "\x1b[0m"
CONCEAL = 8

SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\x07": "\\a", "\x0b": "\\v", "\x0c": "\\f"}


def visible(match: re.Match[str]) -> str:
    """An unsafe character as an escape of a program: `\\r`, `\\x1b`, `\\u202e`. A flag stays as it is."""
    character = match[0]
    if len(character) > 1:
        return character
    if character in SHORT:
        return SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain_text(text: str) -> str:
    """`text` with unsafe characters made visible; tabs and line ends stay."""
    return UNSAFE_CHARACTER.sub(visible, text.replace("\r\n", "\n"))


def plain_name(name: str) -> str:
    """A name in one line: line ends and tabs are made visible too."""
    return name if name.isascii() and name.isprintable() else UNSAFE_IN_NAME.sub(visible, name)


def coloured_text(text: str) -> str:
    """As `plain_text`, but colours stay, up to the end of their line."""
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
    """The same JSON, with the characters escaped that a terminal would obey. `line`: UTF-8."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return UNSAFE_IN_JSON.sub(escaped, line.decode()).encode()


def escaped(match: re.Match[str]) -> str:
    return match[0] if len(match[0]) > 1 else json.dumps(match[0])[1:-1] if match[0] > "\x7f" else "\\u007f"
