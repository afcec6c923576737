"""What the plain install leaves out: packages that Quaero can do without, but for one thing each."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    return f"pip install 'django-quaero[{extra}]'"
