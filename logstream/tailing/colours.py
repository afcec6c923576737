"""Colours in a terminal. rich finds out what the terminal can do, and makes the escape sequences. It is optional."""

from __future__ import annotations

import os
from typing import IO

try:
    from rich.color import ColorSystem
    from rich.console import COLOR_SYSTEMS, Console
    from rich.style import Style

    HAS_RICH = True
except ModuleNotFoundError:
    HAS_RICH = False

COLOUR_CHOICES = ("auto", "always", "never")
EXTRA = "terminal"

LEVEL_STYLES = {"debug": "dim", "info": "green", "warn": "yellow", "error": "red", "fatal": "bold white on red"}
STATUS_STYLES = {"running": "cyan", "completed": "green", "failed": "bold red", "cancelled": "yellow"}


class Palette:
    """Colours text; without a colour system it leaves the text as it is."""

    def __init__(self, system: ColorSystem | None = None) -> None:
        self._system = system

    def __bool__(self) -> bool:
        return self._system is not None

    def paint(self, text: str, style: str) -> str:
        return Style.parse(style).render(text, color_system=self._system) if self else text

    def level(self, name: str) -> str:
        return self.paint(f"{name.upper():<5}", LEVEL_STYLES[name])

    def status(self, name: str) -> str:
        return self.paint(name, STATUS_STYLES.get(name, "none"))


def palette_for(stream: IO[str], choice: str) -> Palette:
    """The palette for `stream`. With `auto` it colours where the terminal can and NO_COLOR is not set."""
    if not HAS_RICH or choice == "never" or (choice == "auto" and os.environ.get("NO_COLOR")):
        return Palette()
    console = Console(file=stream, force_terminal=True if choice == "always" else None, no_color=False)
    system = COLOR_SYSTEMS.get(console.color_system or "")
    return Palette(system or (ColorSystem.STANDARD if choice == "always" else None))
