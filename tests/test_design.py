"""`docs/design.md` is true: its promises have their tests, what is cited is there, and the wire is as it says."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from logstream.frames import GZIP
from logstream.views import EventStream
from tests.test_house import FLOORS

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("jobs", "logstream", "quaero", "tests", "benchmarks", "docs", "static", "templates", "scripts")
NOT_OURS = ("static/quaero/vendor", "tests/vendor")
HISTORY = "CHANGELOG.md"  # it may name what was
KINDS = (".py", ".js", ".mjs", ".css", ".html", ".md")

PROMISE = re.compile(r"^\*\*([DSR]\d+)\. ", re.MULTILINE)
CITED = re.compile(r"\b[DSR]\d{1,2}\b")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SOURCE = re.compile(rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)})/[\w/.-]*\w\.(?:py|mjs|js|css|html|md)\b")
ELSEWHERE = re.compile(r"\b(?:DESIGN|HOUSE|STYLE)\b|\b[Tt]he contract\b|\bsection \d|§|\bissue #?\d|\(issue\b")


@cache
def page() -> str:
    return (ROOT / "docs" / "design.md").read_text()


@cache
def promises() -> list[str]:
    return PROMISE.findall(page())


def sources() -> Iterator[Path]:
    yield from (path for path in ROOT.glob("*.md") if path.name != HISTORY)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS and not str(path.relative_to(ROOT)).startswith(NOT_OURS):
                yield path


@cache
def words() -> dict[str, str]:
    """What people read of each file: of Python its comments and docstrings, of the others all."""
    texts = {str(path.relative_to(ROOT)): (path.suffix, path.read_text()) for path in sources()}
    return {name: words_of_python(text) if kind == ".py" else text for name, (kind, text) in texts.items()}


def words_of_python(text: str) -> str:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    with_docs = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, with_docs)]
    return "\n".join([*comments, *docs])


def found(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    """Where people read what matches: the file, and the match."""
    return {(name, match) for name, text in words().items() for match in pattern.findall(text)}


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the page, without its head."""
    lines = page().partition(f"# {heading}\n")[2].partition("\n#")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][2:]


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/api/openapi.json").json()
    return described


@pytest.fixture
def streams(schema: dict[str, Any]) -> dict[str, Any]:
    """The events of each stream, by its path."""
    answers = {
        path: methods["get"]["responses"]["200"] for path, methods in schema["paths"].items() if "get" in methods
    }
    return {path: answer["x-events"] for path, answer in answers.items() if "x-events" in answer}


def test_promises_are_numbered_without_gaps() -> None:
    numbers = {"D": 8, "S": 10, "R": 8}
    assert promises() == [f"{letter}{number + 1}" for letter, count in numbers.items() for number in range(count)]


def test_every_promise_names_tests_that_are_there() -> None:
    held = dict(rows_of("What holds the promises"))
    assert list(held) == promises()
    named = {promise: TEST.findall(tests) for promise, tests in held.items()}
    assert [promise for promise, tests in named.items() if not tests] == []
    everything = {each for tests in named.values() for each in tests}
    assert {(path, test) for path, test in everything if f"def {test}(" not in (ROOT / path).read_text()} == set()


def test_every_cited_promise_is_one_of_the_page() -> None:
    assert {(name, cited) for name, cited in found(CITED) if cited not in promises()} == set()


def test_nothing_is_cited_that_is_not_in_the_repository() -> None:
    assert found(ELSEWHERE) == set()
    assert {(name, path) for name, path in found(SOURCE) if not is_there(path)} == set()


def is_there(path: str) -> bool:
    """As a path of the repository, by the name of a template or static file, or `NAME` for any."""
    return "/NAME." in path or any((ROOT / folder / path).exists() for folder in ("", "templates", "static"))


def test_the_rooms_of_the_page_are_there() -> None:
    assert [floor for floor, _ in rows_of("Rooms")] == list(reversed(FLOORS))
    rooms = page().partition("\n## Rooms\n")[2].partition("\n## ")[0]
    named = re.findall(r"`([\w/]+(?:/|\.py))`", rooms)
    assert {"queries/", "lifecycle.py", "guardian/"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists() and not any((ROOT / "jobs").rglob(name))] == []


def test_the_page_tells_the_events_of_each_stream(streams: dict[str, Any]) -> None:
    told = {path.strip("`"): re.findall(r"`([\w:]+)`", events) for path, events in rows_of("Streams and their events")}
    assert {path: set(events) for path, events in told.items()} == {path: set(sent) for path, sent in streams.items()}


def test_the_page_tells_the_members_of_what_is_sent(schema: dict[str, Any], streams: dict[str, Any]) -> None:
    shapes = schema["components"]["schemas"]
    told: dict[str, set[str]] = {}
    for name, cell in rows_of("Members"):
        members = re.findall(r"`([\w?]+)`", cell)
        told[name.strip("`")] = {each for member in members for each in told.get(member, {member})}
    sent = {name: {as_told(shapes[name], member) for member in shapes[name]["properties"]} for name in told}
    assert told == sent
    assert set(re.findall(r"/schemas/(\w+)", str(streams))) <= set(told)


def as_told(shape: dict[str, Any], member: str) -> str:
    return member if member in shape["required"] else f"{member}?"


def test_the_page_tells_the_headers_of_a_stream() -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    headers = {f"`{name}: {value}`" for name, value in EventStream(nothing(), GZIP).items()}
    assert len(headers) == 5
    assert {header for header in headers if header not in page()} == set()
