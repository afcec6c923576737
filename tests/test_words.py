"""Code and documents are in plain English: the actor is the subject, and one word means one thing."""

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
HISTORY = "CHANGELOG.md"  # old entries stay as they were written


def files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def documents() -> list[Path]:
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
    return [path for path in found if path.name != HISTORY]


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


def words_of(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    yield from (*comments(source), *docstrings(tree), *names(tree))


def without_code(text: str) -> str:
    """`text` without what is quoted as code: a name or a message is cited as it is."""
    return re.sub(r"`[^`]*`", "", text)


def prose_of(document: str) -> Iterator[tuple[int, str]]:
    """Its lines without blocks of code."""
    is_code = False
    for number, line in enumerate(document.splitlines(), start=1):
        is_fence = line.lstrip().startswith("```")
        is_code ^= is_fence
        if not is_code and not is_fence:
            yield number, line


def complaints(path: Path) -> Iterator[str]:
    source = path.read_text()
    for line, text in prose_of(source) if path.suffix == ".md" else words_of(source):
        plain = without_code(text)
        for pattern, instead in PATTERNS.items():
            for found in pattern.finditer(plain):
                yield f"{path.relative_to(ROOT)}:{line}: {found[0]!r}: {instead}"


def test_comments_and_names_use_plain_words() -> None:
    assert [complaint for path in files() for complaint in complaints(path)] == []


def test_documents_use_plain_words() -> None:
    assert [complaint for path in documents() for complaint in complaints(path)] == []
