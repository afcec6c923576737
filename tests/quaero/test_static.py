"""What can be said of the browser's files without a browser."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static" / "quaero"
VENDOR = STATIC / "vendor"
SCRIPTS = sorted(each for folder in ("js", "examples") for each in (STATIC / folder).rglob("*.*js"))
STYLES = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Ways for log text to become markup or code.
DANGEROUS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function")
# Takes over parts of a page that the server has made, in which all text is escaped as on every page.
TAKES_A_PAGE = {"admin-fields.mjs": ["DOMParser"]}
# Alpine evaluates attributes: here they may name a member (`job.name`) or, in `x-for`, walk over one.
ATTRIBUTE = re.compile(r'\sx-(?:text|show|bind:[\w-]+|on:[\w.-]+|data|for)="([^"]*)"')
MEMBER = re.compile(r"(?:\w+ in )?[a-zA-Z]+(?:\.[a-zA-Z]+)*")

# Addresses come from the server: under which path Quaero is, only that knows.
ADDRESS = re.compile(r"[\"'`(]/(?:api|jobs|run|workers|login|logout|admin|static|v1)\b")
THE_USUAL_ROOT = {"log-stream.js": ["'/api"]}  # on a page of another project that says no other


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_of_text(script: Path) -> None:
    assert DANGEROUS.findall(script.read_text()) == TAKES_A_PAGE.get(script.name, [])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_name_members_and_mark_nothing_safe(template: Path) -> None:
    text = template.read_text()
    assert "x-html" not in text
    assert "|safe" not in text
    assert [value for value in ATTRIBUTE.findall(text) if not MEMBER.fullmatch(value)] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, *TEMPLATES], ids=lambda path: path.name)
def test_nothing_in_the_browser_knows_an_address_of_its_own(path: Path) -> None:
    assert ADDRESS.findall(path.read_text()) == THE_USUAL_ROOT.get(path.name, [])


def test_styles_use_no_property_that_is_not_there() -> None:
    ours = {path.name: path.read_text() for path in STYLES}
    of_scripts = re.findall(r"'(--[\w-]+)'", "".join(path.read_text() for path in SCRIPTS))
    known = {*re.findall(r"^\s*(--[\w-]+):", "".join(ours.values()), re.MULTILINE), *of_scripts}
    del ours["admin.css"]  # which uses Django's, too
    assert set(re.findall(r"var\((--[\w-]+)", "".join(ours.values()))) - known == set()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_style_is_about_whatever_follows_something(path: Path) -> None:
    """Browsers would restyle all of a log for each row that comes to it."""
    assert re.findall(r"^.*\*\s*[+~].*$", path.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_what_is_ours_lies_under_our_name(folder: str) -> None:
    assert [path.name for path in (ROOT / folder).iterdir()] == ["quaero"]


def test_vendored_files_are_the_ones_whose_sums_were_written_down() -> None:
    sums = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    files = {path for path in VENDOR.rglob("*") if path.is_file() and path.parent != VENDOR}
    found = {str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert found == sums
