"""The languages of programs that may be run, where QUAERO_PROGRAMS allows them."""

from __future__ import annotations

PYTHON, SHELL = "python", "shell"
LANGUAGES = (PYTHON, SHELL)
