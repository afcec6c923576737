"""Colours and styles (SGR) as a terminal keeps them: a pen is the shortest list of codes that brings it about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

PLAIN = ""

_SGR = re.compile("\x1b\\[([0-9;:]{0,256}+)m")  # a longer one is no change of colour
_RESETS = ("\x1b[0m", "\x1b[m")
_ALL_BUT_ENDS = bytes(byte for byte in range(256) if byte not in b"\x1b\r\n")
_LONGEST_CODE = 40
_MOST_TOGETHER = 20  # changes of a line that are remembered
_EXTENDED = {"38": "foreground", "48": "background", "58": "line colour"}
_ENDS = {
    "22": ("bold", "faint"),
    "23": ("italic",),
    "24": ("line",),
    "25": ("blink",),
    "27": ("inverse",),
    "28": ("hidden",),
    "29": ("struck",),
    "39": ("foreground",),
    "49": ("background",),
    "55": ("overlined",),
    "59": ("line colour",),
}
_KINDS = {
    "1": "bold",
    "2": "faint",
    "3": "italic",
    "4": "line",
    "21": "line",
    "5": "blink",
    "6": "blink",
    "7": "inverse",
    "8": "hidden",
    "9": "struck",
    "53": "overlined",
    **{str(code): "foreground" for code in (*range(30, 38), *range(90, 98))},
    **{str(code): "background" for code in (*range(40, 48), *range(100, 108))},
}


@lru_cache(maxsize=4096)
def changed(pen: str, parameters: str) -> str:
    """The pen after `CSI parameters m`."""
    styles: dict[str, str] = {}
    for code in (*_codes(pen), *(_codes(parameters or "0"))):
        main = _main(code)
        if main in ("", "0") or code == "4:0":
            _end(styles, ("line",) if code == "4:0" else tuple(styles))
        elif main in _ENDS:
            _end(styles, _ENDS[main])
        elif kind := _kind_of(code):
            styles.pop(kind, None)
            styles[kind] = code
    return ";".join(styles.values())


def after(pen: str, text: str) -> str:
    """The pen when `text` has been written with it."""
    changes = _SGR.findall(text)
    if len(changes) <= _MOST_TOGETHER:
        return _changed_by(pen, *changes)
    for parameters in changes:
        pen = changed(pen, parameters)
    return pen


@lru_cache(maxsize=4096)  # the lines of a program are coloured in few ways
def _changed_by(pen: str, *changes: str) -> str:
    for parameters in changes:
        pen = changed(pen, parameters)
    return pen


@lru_cache(maxsize=4096)
def is_seen_on_blanks(pen: str) -> bool:
    """Whether a space that is written with it looks other than one without."""
    return any(
        _kind_of(code) not in ("foreground", "bold", "faint", "italic", "blink", "hidden") for code in _codes(pen)
    )


def at_start_of(text: str, pen: str) -> str:
    """The pen that `text` begins with, where `pen` is left from before it."""
    return PLAIN if text.startswith(_RESETS) else pen


def are_left_in(text: bytes) -> bool:
    """Whether a line of `text`, in which there is no carriage return, does not end as plain as it began.

    A quick look, which may be wrong in saying so. Of each line but its escape sequences and resets are looked at,
    each as one byte, so that it ends in colours if the last is an escape.
    """
    if b"\x1b[K" in text:  # gcc erases after each change of colour
        text = text.replace(b"\x1b[K", b"")
    for reset in _RESETS:
        text = text.replace(reset.encode(), b"\r")
    ends = text.translate(None, _ALL_BUT_ENDS)
    return b"\x1b\n" in ends or ends.endswith(b"\x1b")


def sequence(pen: str, before: str = PLAIN) -> str:
    """What changes `before` into `pen`."""
    if pen == before:
        return ""
    if not before:
        return f"\x1b[{pen}m"
    return f"\x1b[0;{pen}m" if pen else "\x1b[0m"


def _end(styles: dict[str, str], kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        styles.pop(kind, None)


def _main(code: str) -> str:
    return code.partition(":")[0].partition(";")[0]


def _kind_of(code: str) -> str | None:
    return _EXTENDED.get(_main(code)) or _KINDS.get(_main(code))


def _codes(parameters: str) -> Iterator[str]:
    """`1;38;5;200` is bold, and one colour."""
    parts = iter(parameters.split(";") if parameters else ())
    for part in parts:
        code = part.lstrip("0") or "0"
        if code in _EXTENDED:
            space = next(parts, "")
            values = [next(parts, "") for _ in range({"5": 1, "2": 3}.get(space, 0))]
            code = ";".join((code, space, *values)) if values and all(map(str.isdigit, values)) else "none"
        if len(code) <= _LONGEST_CODE:
            yield code
