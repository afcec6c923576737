"""Which of the doors the web process has."""

from __future__ import annotations

from quaero.http.door import Door
from quaero.http.h11_door import H11Door

try:
    from quaero.http.httptools_door import HttpToolsDoor
except ModuleNotFoundError:
    HAS_HTTPTOOLS = False
else:
    HAS_HTTPTOOLS = True


def http_protocol() -> type[Door]:
    """The fast one where httptools is installed (`django-quaero[server]`)."""
    return HttpToolsDoor if HAS_HTTPTOOLS else H11Door
