"""What a page loads: scripts and styles, each as one file."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from jobs.web.page_files.scripts import as_part, page_scripts
from jobs.web.page_files.styles import page_styles
from quaero.config.places import static_directories

JS = static_directories()[0] / "quaero" / "js"
SCRIPTS, STYLES = f"/scripts/{page_scripts().digest}.js", f"/styles/{page_styles('log+rows').digest}/log+rows.css"


@pytest.mark.parametrize(("path", "kind"), [(SCRIPTS, "text/javascript"), (STYLES, "text/css")])
def test_a_joined_file_is_kept_for_good_and_sent_compressed(client: Client, path: str, kind: str) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Encoding"] == "gzip"
    for answer in (plain, packed):
        assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/scripts/of-another-version.js", "/styles/of-another-version/log+rows.css"])
def test_a_page_of_another_version_gets_what_there_is_but_not_for_good(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("names", ["nothing", "log+nothing", "..+log", "%2e%2e", "log+"])
def test_other_style_sheets_are_not_found(client: Client, names: str) -> None:
    assert client.get(f"/styles/0/{names}.css").status_code == 404


def test_styles_are_in_the_order_in_which_the_page_names_them() -> None:
    folder = JS.parent / "css"
    one, other = ((folder / f"{name}.css").read_text() for name in ("job", "base"))
    assert page_styles("job+base").text == one + other


def test_every_module_that_another_needs_is_in_the_script() -> None:
    text = page_scripts().text
    needed = set(re.findall(r"(?:need|later)\('([^']+)'\)", text)) | set(re.findall(r"new URL\('#([^']+)'", text))
    parts = set(re.findall(r"^parts\['([^']+)'\] = ", text, re.MULTILINE))
    assert needed <= parts
    assert {"log-components.js", "keyboard/components.js", "pages/job.js", "shared-streams/worker.mjs"} <= parts
    assert {"pages/theme.js", "commonjs.js"} & parts == set()


def test_a_module_becomes_a_function_that_gives_what_it_exports() -> None:
    text = """// What it is for.
import { a, b as c } from './b.mjs';
import '../d.js';

/** Says so. */
export function e() {
  return import('./f.mjs'); // later
}
export const { g, h } = c;
"""
    assert as_part("x/a.mjs", text) == (
        "\nparts['x/a.mjs'] = () => {\n"
        "const { a, b: c } = need('x/b.mjs');\nneed('d.js');\n\n"
        "function e() {\n  return later('x/f.mjs'); // later\n}\nconst { g, h } = c;\n"
        "return { e, g, h };\n};\n"
    )


@pytest.mark.parametrize(
    "line", ["export default 1;", "import a from './a.mjs';", "export * from './a.mjs';", "import(a);", "import 'x';"]
)
def test_a_form_that_is_not_understood_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match=r"^a\.mjs: "):
        as_part("a.mjs", f"{line}\n")
