"""What a program writes to a terminal, as moves and changes of the screen. What is neither is passed over."""

from __future__ import annotations

import re
from collections.abc import Callable

from jobs.running.output.screen import pens
from jobs.running.output.screen.cells import TAB_COLUMNS
from jobs.running.output.screen.row import Row
from jobs.running.output.screen.window import Screen

_TOKEN = re.compile(
    "(?P<text>[^\x00-\x1f\x7f]+)"
    "|\x1b\\[(?P<parameters>[0-?]*[ -/]*)(?P<final>[@-~])"
    "|(?P<string>\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\))"
    "|\x1b(?P<escape>[ -/]*[0-~])"
    "|(?P<control>[\x00-\x1f\x7f])"
)
_PAGES = ("?1049", "?1047", "?47")  # the other screen, that editors and pagers draw on


def write(screen: Screen, text: str) -> None:
    """Does what `text`, which has no newline, says."""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "text":
            screen.write(token[0])
        elif kind == "final":
            _obey_sequence(screen, token["parameters"], token["final"])
        elif kind == "control":
            _obey_control(screen, token[0])
        elif kind == "escape":
            _obey_escape(screen, token["escape"])


def _obey_control(screen: Screen, character: str) -> None:
    if character == "\r":
        screen.row.ends_marker()
        screen.column = 0
    elif character == "\b":
        screen.column = max(screen.column - 1, 0)
    elif character == "\t":
        screen.tab()
    elif character in "\v\f":
        screen.down(1)


def _obey_escape(screen: Screen, code: str) -> None:
    if code == "7":
        screen.save()
    elif code == "8":
        screen.restore()
    elif code in ("D", "E"):
        screen.down(1)
        screen.column = 0 if code == "E" else screen.column
    elif code == "M":
        screen.up(1)
    elif code == "c":
        screen.new_page()
        screen.pen = pens.PLAIN


def _obey_sequence(screen: Screen, parameters: str, final: str) -> None:
    if final == "m":
        if parameters[:1] not in ("<", "=", ">", "?"):
            screen.pen = pens.changed(screen.pen, parameters)
    elif parameters in _PAGES and final in "hl":
        screen.new_page()
    elif not parameters or parameters.replace(";", "").isdecimal():
        first, _, second = parameters.partition(";")
        if (move := _MOVES.get(final)) is not None:
            move(screen, _number(first) or 1)
        elif final in ("H", "f"):
            screen.to_row(_number(first) or 1)
            screen.to_column((_number(second.partition(";")[0]) or 1) - 1)
        elif final == "J":
            screen.erase_page(_number(first))
        elif final == "K":
            screen.erase_line(_number(first))
        elif final in ("s", "u"):
            _obey_escape(screen, "7" if final == "s" else "8")


def _number(digits: str) -> int:
    return int(digits or 0) if len(digits) < 7 else 10**6


def _to_start(screen: Screen, rows: int) -> None:
    if rows > 0:
        screen.down(rows)
    else:
        screen.up(-rows)
    screen.column = 0


def _tab_stop(screen: Screen, count: int) -> int:
    return (screen.column // TAB_COLUMNS + count) * TAB_COLUMNS


def _tab_stop_before(screen: Screen, count: int) -> int:
    return max(-(-screen.column // TAB_COLUMNS) - count, 0) * TAB_COLUMNS


_MOVES: dict[str, Callable[[Screen, int], None]] = {
    "A": Screen.up,
    "B": Screen.down,
    "C": lambda screen, count: screen.to_column(screen.column + count),
    "D": lambda screen, count: screen.to_column(screen.column - count),
    "E": _to_start,
    "F": lambda screen, count: _to_start(screen, -count),
    "G": lambda screen, count: screen.to_column(count - 1),
    "I": lambda screen, count: screen.to_column(_tab_stop(screen, count)),
    "L": Screen.insert_rows,
    "M": Screen.delete_rows,
    "P": lambda screen, count: screen.change_cells(Row.delete, count),
    "S": Screen.down,
    "T": Screen.up,
    "X": lambda screen, count: screen.change_cells(lambda row, at, cells: row.erase(at, at + cells), count),
    "Z": lambda screen, count: screen.to_column(_tab_stop_before(screen, count)),
    "@": lambda screen, count: screen.change_cells(Row.insert, count),
    "`": lambda screen, count: screen.to_column(count - 1),
    "a": lambda screen, count: screen.to_column(screen.column + count),
    "d": Screen.to_row,
    "e": Screen.down,
}
