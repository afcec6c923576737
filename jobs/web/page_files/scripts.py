"""All modules of the pages in one script.

Each module becomes a function that gives what it exports. It is called when another one first imports it, or when
the page names it in `data-modules`: that is the language's own order, and each module is there once. The files are
uniform, as their linter holds them, so their imports and exports are found by their lines; what is not understood is
an error.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from jobs.web.page_files.joined_file import JoinedFile

FOLDER = "quaero/js"
PLAIN_SCRIPTS = ("commonjs.js", "pages/theme.js")  # no modules; they are loaded before

IMPORT = re.compile(r"^import (?:\{([^}]*)\} from )?'(\.[^']*)';$", re.MULTILINE)
LATER = re.compile(r"\bimport\('(\.[^']*)'\)")
BESIDE = re.compile(r"new URL\('(\.[^']*)', import\.meta\.url\)")
NAMED = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
SEVERAL = re.compile(r"^export const \{([^}]*)\}", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*[\s\S]*?\*/)\n", re.MULTILINE)  # on lines of their own
LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)

HEAD = """const parts = {};
const made = {};
const need = (name) => (made[name] ??= parts[name]());
const later = (name) => Promise.resolve().then(() => need(name));
"""
# Not the address says what to begin with: browsers that have the script already do not look at what is behind `#`.
FOOT = """
const page = globalThis.document?.querySelector('script[data-modules]');
for (const name of (page?.dataset.modules ?? 'shared-streams/worker.mjs').split(',')) need(name);
"""


@cache
def page_scripts() -> JoinedFile:
    """The script, of the files as they are when it is first asked for."""
    folder = finders.find(FOLDER)
    if not folder:
        raise FileNotFoundError(f"The staticfiles finders do not find {FOLDER}")
    parts = [as_part(name, text) for name, text in modules(Path(folder)).items()]
    return JoinedFile(HEAD + "".join(parts) + FOOT, 'text/javascript; charset="utf-8"')


def modules(folder: Path) -> dict[str, str]:
    """Their texts by their paths under the folder."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.*js"))}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items() if name not in PLAIN_SCRIPTS}


def as_part(name: str, text: str) -> str:
    """The module as a function. Raises ValueError for imports and exports of other forms."""
    exported = [found[2] for found in NAMED.finditer(text)]
    exported += [each.strip() for found in SEVERAL.finditer(text) for each in found[1].split(",") if each.strip()]

    def absolute(path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))

    def imported(found: re.Match[str]) -> str:
        names = (found[1] or "").replace(" as ", ": ")
        needed = f"need('{absolute(found[2])}');"
        return f"const {{{names}}} = {needed}" if names else needed

    def beside(found: re.Match[str]) -> str:
        """Modules are in this script. Everything else is where it was."""
        if found[1].endswith("js"):
            return f"new URL('#{absolute(found[1])}', import.meta.url)"
        return f"new URL('{static(posixpath.normpath(f'{FOLDER}/{absolute(found[1])}'))}/', import.meta.url)"

    text = IMPORT.sub(imported, text)
    text = LATER.sub(lambda found: f"later('{absolute(found[1])}')", text)
    text = BESIDE.sub(beside, text)
    text = SEVERAL.sub(r"const {\1}", NAMED.sub(r"\1 \2", text))
    text = COMMENT.sub("", text)
    not_understood = LEFT.search(text)
    if not_understood:
        raise ValueError(f"{name}: {not_understood[0]}")
    return f"\nparts['{name}'] = () => {{\n{text}return {{ {', '.join(exported)} }};\n}};\n"
