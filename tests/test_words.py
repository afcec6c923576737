"""Comments, docstrings and names are in plain English: the actor is the subject, and one word means one thing."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("jobs", "logstream", "quaero", "benchmarks")

# Whole words and what to write in their place. A pattern may look at the words around.
BANNED = {
    r"nobody(?:'s)?": "no client, no user, no process: name the actor",
    r"(?:some|any|every)body(?:'s)?|whoever|whomever": "name the actor: a client, a user, the caller, another process",
    r"tell|tells|told|telling": "notify, send, report, log, print, return, distinguish: say which",
    r"hearts?": "heartbeat, or the thread that sends it",
    r"kin|bereaved|hitherto": "an everyday word",
    r"stands?(?! (?:for|in for)\b)": "is, has, comes: `stands` only in `stands for`",
}
PATTERNS = {re.compile(rf"\b(?:{words})\b", re.IGNORECASE): instead for words, instead in BANNED.items()}
ANY_BANNED = re.compile("|".join(pattern.pattern for pattern in PATTERNS), re.IGNORECASE)
# Rooms and files where the words are not yet replaced. The list only gets shorter.
NOT_DONE: tuple[str, ...] = (
    "jobs/api",
    "jobs/background",
    "jobs/errors.py",
    "jobs/runnables",
    "jobs/running",
    "logstream/documentation.py",
    "logstream/feeds",
    "logstream/shutdown.py",
    "logstream/urls.py",
    "logstream/views.py",
)


def is_done(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return not any(name == room or name.startswith(f"{room}/") for room in NOT_DONE)


def files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts and is_done(path)]


def comments(source: str) -> Iterator[tuple[int, str]]:
    if not any("#" in line and ANY_BANNED.search(line) for line in source.splitlines()):
        return  # nearly always, and faster than tokens
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Of modules, classes, functions and attributes: every text that is a statement by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The words in the names of classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", node.name)


def without_code(text: str) -> str:
    """`text` without what is quoted as code: a name or a message is cited as it is."""
    return re.sub(r"`[^`]*`", "", text)


def complaints(path: Path) -> Iterator[str]:
    source = path.read_text()
    tree = ast.parse(source)
    for line, text in (*comments(source), *docstrings(tree), *names(tree)):
        plain = without_code(text)
        for pattern, instead in PATTERNS.items():
            for found in pattern.finditer(plain):
                yield f"{path.relative_to(ROOT)}:{line}: {found[0]!r}: {instead}"


def test_comments_and_names_use_plain_words() -> None:
    assert [complaint for path in files() for complaint in complaints(path)] == []


def test_rooms_that_are_not_done_exist() -> None:
    assert [room for room in NOT_DONE if not (ROOT / room).exists()] == []
