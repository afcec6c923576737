"""Where Quaero's own files are, and its data by default.

In a clone templates and static files are beside `manage.py`; the build puts them into the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parents[1]
BESIDE = PACKAGE.parent


def is_clone() -> bool:
    """Whether this is a copy of the repository, also one that is installed as editable."""
    return (BESIDE / "manage.py").is_file() and (BESIDE / "templates").is_dir()


def template_directories() -> list[Path]:
    """Those that Django does not find by itself, as it finds the rest of what is in a package.

    The admin's frame is this installation's own: in another project the admin keeps that project's.
    """
    templates = (BESIDE if is_clone() else PACKAGE) / "templates"
    own = templates / "quaero" / "installation"
    return [own, templates] if is_clone() else [own]


def static_directories() -> list[Path]:
    return [BESIDE / "static"] if is_clone() else []


def default_data_directory() -> Path:
    """`var` in a clone, else where this platform keeps the data of a user's programs. Nothing is made yet."""
    return BESIDE / "var" if is_clone() else platformdirs.user_data_path("quaero", appauthor=False)


def command_name() -> str:
    """What a person types before a command of Quaero's."""
    called = Path(sys.argv[0])
    if called.name in ("quaero", "manage.py"):
        return called.name
    if called == PACKAGE / "__main__.py":
        return "python -m quaero"
    return "manage.py" if is_clone() else "quaero"
