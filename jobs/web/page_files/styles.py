"""The style sheets of a page in one, in the order in which the page names them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders

from jobs.errors import NotFound
from jobs.web.page_files.joined_file import JoinedFile

MOST_KEPT = 32  # each page names one or two


@lru_cache(MOST_KEPT)
def page_styles(names: str) -> JoinedFile:
    """`names`: of files in `static/quaero/css`, without their suffix, joined by `+`. Raises NotFound."""
    texts = [style_sheet(name).read_text(encoding="utf-8") for name in names.split("+")]
    return JoinedFile("".join(texts), 'text/css; charset="utf-8"')


def style_sheet(name: str) -> Path:
    path = finders.find(f"quaero/css/{name}.css") if name.replace("-", "").isalnum() else None
    if not path:
        raise NotFound("There is no such style sheet")
    return Path(path)
